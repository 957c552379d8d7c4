"""The stack by cfn-lint, the OpenAPI document by openapi-spec-validator, the manifests as YAML."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))


def test_the_stack():
    pytest.importorskip("cfnlint", reason="cfn-lint is not installed")
    done = subprocess.run([str(Path(sys.executable).parent / "cfn-lint"), str(ROOT / "examples/aws/stack.yaml")], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_openapi_document():
    validator = pytest.importorskip("openapi_spec_validator", reason="openapi-spec-validator is not installed")
    from llmops_cli.server.openapi import document
    validator.validate(document())


def test_the_manifests_and_workflows():
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    kinds = [document["kind"] for document in yaml.safe_load_all((ROOT / "examples/kubernetes/llmops.yaml").read_text())]
    assert kinds == ["PersistentVolumeClaim", "CronJob", "Deployment", "Service"]
    for path in (ROOT / "examples/github-actions").glob("*.yml"):
        assert yaml.safe_load(path.read_text())["jobs"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")
def test_the_units():
    done = subprocess.run(["systemd-analyze", "verify", *map(str, (ROOT / "examples/systemd").iterdir())], capture_output=True, text=True)
    assert [line for line in done.stderr.splitlines() if "llmops" in line and "Command /usr/bin/env" not in line] == []
