"""examples/monitoring: every file is valid, and what can run here runs."""

import configparser
import json
import re
import shlex
import shutil
import subprocess
import tomllib

import pytest

from llmops_cli import options
from llmops_cli.commands import module_of
from llmops_cli.config import read_toml
from llmops_cli.monitor import rules

from .conftest import PROGRAM, ROOT, environment
from .monitor.made import lines, reply

FOLDER = ROOT / "examples" / "monitoring"


def log() -> bytes:
    return lines([reply(60 * number, message_id=f"m{number}", scores={"accuracy": 1}, feedback="up", error="E" if number % 7 == 0 else None, content="mail ann@example.org" if number == 5 else "ok") for number in range(60)])


def test_the_rules_file_is_read():
    found = rules.read(read_toml(str(FOLDER / "rules.toml")), {}, "rules.toml")
    assert found.window["error_rate"].least == 50 and len(found.budgets) == 3 and len(found.mutes) == 2 and found.change.limits["latency"] == 0.3 and ("team", "Support") in found.overrides


def test_every_rule_of_the_program_stands_in_the_docs():
    page = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
    assert [name for name in (*rules.ALERTS, *rules.MEASURES) if f"`{name}`" not in page] == []


def test_dashboard_and_alerts_ask_for_metrics_that_are_there(llmops, tmp_path):
    (tmp_path / "llmops.toml").write_text("[budget]\nmonth = 5\n")
    llmops("monitor", "--prometheus", "out.prom", stdin=log())
    written = (tmp_path / "out.prom").read_text()
    dashboard = json.loads((FOLDER / "grafana-dashboard.json").read_text())
    asked = set(re.findall(r"\bllmops_[a-z_]+", json.dumps(dashboard["panels"]) + (FOLDER / "prometheus-rules.yml").read_text()))
    assert {name for name in asked if name not in written} == set() and len(asked) > 10
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_cloudwatch_asks_for_metrics_that_are_there(llmops):
    rows = [json.loads(line) for line in llmops("monitor", "--emf", "-q", stdin=log()).out.splitlines()]
    named = {metric["Name"] for row in rows for directive in row["_aws"]["CloudWatchMetrics"] for metric in directive["Metrics"]}
    dashboard = json.loads((FOLDER / "cloudwatch-dashboard.json").read_text())
    asked = {metric[1] for widget in dashboard["widgets"] for metric in widget["properties"]["metrics"]} | set(re.findall(r"MetricName: (\w+)", (FOLDER / "cloudwatch-alarms.yml").read_text()))
    assert asked <= named


def run_here(command: str, folder) -> subprocess.CompletedProcess:
    """A command line of an example, its places moved into a folder."""
    for place in ("/var/log/", "/var/lib/node_exporter/textfile/", "/var/lib/llmops/", "/etc/llmops/"):
        command = command.replace(place, f"{folder}/")
    command = command.replace("llmops monitor", " ".join(map(shlex.quote, PROGRAM)) + " monitor")
    return subprocess.run(["sh", "-c", command], cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=60)


@pytest.fixture
def place(tmp_path):
    (tmp_path / "gateway.jsonl").write_bytes(log())
    (tmp_path / "environment").write_text("EXAMPLE=1\n")
    shutil.copy(FOLDER / "rules.toml", tmp_path / "rules.toml")
    return tmp_path


def test_the_line_of_the_crontab_runs(place):
    command = (FOLDER / "crontab").read_text().splitlines()[-1].split(None, 5)[5]
    done = run_here(command, place)
    assert done.returncode == 1 and done.stderr == "" and (place / "llmops.prom").exists() and (place / "monitor.json").exists()
    assert {json.loads(line)["alert"] for line in (place / "llmops-alerts.jsonl").read_text().splitlines()} >= {"error", "error_rate", "pii", "stale"}


@pytest.mark.parametrize("name", ["llmops-monitor.service", "llmops-follow.service", "llmops-monitor.timer"])
def test_the_units_are_units(name, place):
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(FOLDER / name)
    assert "Description" in unit["Unit"]
    if name == "llmops-monitor.service":
        assert run_here(unit["Service"]["ExecStart"], place).returncode == 1


def test_the_ci_step_runs(place):
    step = re.search(r"- run: (llmops monitor .*) yesterday.jsonl", (FOLDER / "github-actions.yml").read_text())[1]
    done = run_here(step.replace("examples/monitoring/rules.toml", str(FOLDER / "rules.toml")) + " gateway.jsonl", place)
    assert done.returncode == 1 and "::error title=error rate::" in done.stdout


def test_units_as_systemd_sees_them():
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    done = subprocess.run(["systemd-analyze", "verify", *map(str, FOLDER.glob("*.service"))], capture_output=True, text=True)
    assert "Unknown" not in done.stderr


def test_the_commands_and_rules_of_the_docs_are_understood():
    page = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
    commands = [line.partition("  #")[0].partition(" >>")[0] for line in re.findall(r"^(?:llmops ingest .*\| )?(llmops monitor .*)$", page, re.M)]
    for command in commands:
        options.parse(module_of("monitor"), shlex.split(command)[2:])
    assert len(commands) >= 5
    tables = re.findall(r"```toml\n(.*?)```", page, re.S)
    assert len(tables) == 2 and all(rules.read(tomllib.loads(table), {}) for table in tables)
