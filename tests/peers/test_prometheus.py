"""A strict parser reads the Prometheus file of `monitor`: prometheus_client, in both text formats."""

import shutil
import subprocess

import pytest

from llmops_cli.report import prometheus

from tests.conftest import ROOT
from tests.monitor.made import lines, reply

parser = pytest.importorskip("prometheus_client.parser", reason="prometheus_client is not installed: tests/peers/requirements.txt lists it")
openmetrics = pytest.importorskip("prometheus_client.openmetrics.parser", reason="prometheus_client is not installed")

NASTY = ['Sales "East"', "back\\slash", "two\nlines", "日本", "", "a" * 300]


def log() -> bytes:
    return lines([reply(60 * number, message_id=f"m{number}", team=NASTY[number % len(NASTY)], scores={"hit@3": 1}, feedback="up", error="E" if number % 7 == 0 else None) for number in range(60)])


def test_what_monitor_writes_is_read_back(llmops, tmp_path):
    (tmp_path / "llmops.toml").write_text("[budget]\nmonth = 5\n")
    llmops("monitor", "--prometheus", "out.prom", "--no-pii", stdin=log())
    families = {family.name: family for family in parser.text_string_to_metric_families((tmp_path / "out.prom").read_text())}
    replies = families["llmops_replies"]
    assert replies.type == "counter" and sum(sample.value for sample in replies.samples) == 60
    assert {sample.labels["team"] for sample in replies.samples} == {name or "unknown" for name in NASTY}
    latency = families["llmops_reply_latency_seconds"]
    assert latency.type == "histogram" and sum(sample.value for sample in latency.samples if sample.name.endswith("_count")) == 60
    assert sum(sample.value for sample in latency.samples if sample.name.endswith("_sum")) == pytest.approx(54.0)
    assert all(sample.timestamp is None for family in families.values() for sample in family.samples)


def test_openmetrics_too():
    families = [prometheus.Family("llmops_replies", "counter", 'Says "all".', [prometheus.Sample("", {"team": name}, 3) for name in NASTY]),
                prometheus.Family("llmops_last_event_timestamp_seconds", "gauge", "Back\\slash.", [prometheus.Sample("", {}, 1.5e9)])]
    read = {family.name: family for family in openmetrics.text_string_to_metric_families(prometheus.openmetrics(families))}
    assert read["llmops_replies"].documentation == 'Says "all".' and [sample.labels["team"] for sample in read["llmops_replies"].samples] == NASTY
    assert read["llmops_last_event_timestamp_seconds"].documentation == "Back\\slash."


def test_promtool_takes_the_rules_and_the_file(llmops, tmp_path):
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed")
    llmops("monitor", "--prometheus", "out.prom", "--no-pii", stdin=log())
    assert subprocess.run(["promtool", "check", "rules", str(ROOT / "examples" / "monitoring" / "prometheus-rules.yml")], capture_output=True).returncode == 0
    assert subprocess.run(["promtool", "check", "metrics"], input=(tmp_path / "out.prom").read_bytes(), capture_output=True).returncode in (0, 3)



def test_the_yaml_examples_are_yaml():
    yaml = pytest.importorskip("yaml", reason="pyyaml is not installed")
    folder = ROOT / "examples" / "monitoring"
    rules = yaml.safe_load((folder / "prometheus-rules.yml").read_text())
    assert all({"alert", "expr", "labels", "annotations"} <= set(rule) for group in rules["groups"] for rule in group["rules"])
    assert "jobs" in yaml.safe_load((folder / "github-actions.yml").read_text())


def test_cfn_lint_takes_the_alarms():
    if not shutil.which("cfn-lint"):
        pytest.skip("cfn-lint is not installed")
    done = subprocess.run(["cfn-lint", str(ROOT / "examples" / "monitoring" / "cloudwatch-alarms.yml")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
