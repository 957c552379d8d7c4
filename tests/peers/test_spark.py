"""The pipeline of examples/spark on Apache Spark: the metrics of one machine, byte for byte."""

import os
import shutil
import subprocess
import sys

import pytest

from ..conftest import ROOT, environment

pytest.importorskip("pyspark", reason="pyspark is not installed")
if not shutil.which("java"):
    pytest.skip("there is no Java", allow_module_level=True)


def metrics(folder) -> dict[str, bytes]:
    return {path.parent.name: path.read_bytes() for path in sorted(folder.glob("date=*/metrics.json"))}


@pytest.mark.parametrize("partitions", [1, 5])
def test_metrics_are_those_of_one_machine(llmops, tmp_path, partitions):
    logs = sorted(map(str, (ROOT / "examples" / "logs").glob("*.jsonl.gz")))
    variables = {"LLMOPS_HASH_KEY": "key of a test"}
    assert llmops("run", "-q", *logs, "-o", tmp_path / "lake", env=variables).status in (0, 3)
    subprocess.run([sys.executable, str(ROOT / "examples" / "spark" / "pipeline.py"), str(tmp_path / "out"), *logs, "--master", "local[2]",
                    "--partitions", str(partitions)], check=True, env={**environment(tmp_path, variables), "PYSPARK_PYTHON": sys.executable, "JAVA_HOME": os.environ.get("JAVA_HOME", "")} , timeout=300)
    here = metrics(tmp_path / "lake" / "curated" / "metrics_daily")
    assert here and metrics(tmp_path / "out") == here
