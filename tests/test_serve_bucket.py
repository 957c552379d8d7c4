"""The report, the server and the Lambda handlers over a lake in a bucket."""

import json
import re
import subprocess

import pytest

from llmops_cli import storage
from llmops_cli.server import collect_handler, functions, lambda_handler

from .report.years import make
from .storage.s3_fake import serving
from .test_serve import get

LAKE = "s3://bucket/some/lake"


@pytest.fixture
def bucket(tmp_path):
    """A bucket with a lake of some days."""
    make(tmp_path / "lake", days=8, teams=2, busy=4)
    with serving() as made:
        for path in (tmp_path / "lake").rglob("*"):
            if path.is_file():
                made.objects[f"some/lake/{path.relative_to(tmp_path / 'lake').as_posix()}"] = path.read_bytes()
        yield made


def test_the_report_of_a_bucket_is_that_of_the_folder(bucket, llmops, tmp_path):
    env = bucket.environ()
    assert llmops("report", LAKE, env=env).out == llmops("report", tmp_path / "lake").out
    assert llmops("report", LAKE, "--html", "s3://bucket/page/report.html", env=env).status == 0
    assert bucket.objects["page/report.html"] == llmops("report", tmp_path / "lake", "--html", "-").out
    bucket.objects["some/lake/curated/metrics_daily/date=2025-03-05/metrics.json"] = b"{"
    done = llmops("report", LAKE, env=env)
    assert done.status == 3 and done.err.startswith(f"llmops: {LAKE}/curated/metrics_daily/date=2025-03-05/metrics.json: is not JSON")
    assert "no metrics in this folder" in llmops("report", "s3://bucket/elsewhere", env=env).err


def test_it_is_served(bucket, start, tmp_path):
    process = start("serve", LAKE, "--port", "0", env=bucket.environ(), stderr=subprocess.PIPE)
    port = int(re.search(rb":(\d+)/", process.stderr.readline())[1])
    assert json.loads(get(port, "/v1/dates")[2])["dates"][0] == "2025-03-03"
    assert get(port, "/v1/metrics?date=2025-03-05")[2] == (tmp_path / "lake/curated/metrics_daily/date=2025-03-05/metrics.json").read_bytes()
    assert get(port, "/v1/metrics?date=2020-03-05")[0] == 404
    assert len(json.loads(get(port, "/v1/trends?by=model")[2])["rows"]) == 3
    assert "Use of AI, 3 – 10 March 2025" in get(port, "/")[2].decode()


def test_the_handlers(bucket, monkeypatch):
    for name, value in bucket.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LLMOPS_LAKE", LAKE)
    functions._reach.cache_clear()
    try:
        assert json.loads(lambda_handler({"rawPath": "/v1/dates", "requestContext": {"http": {"method": "GET"}}})["body"])["dates"][-1] == "2025-03-10"
        event = {"id": "e", "time": "2026-03-02T08:00:00Z", "detail": {"session_id": "c", "query": "Hi", "response": "Hello."}}
        path, = collect_handler(event)["stored"]
        assert json.loads(bucket.objects[f"some/lake/{path}"]) == event
    finally:
        storage.reach(None)
        functions._reach.cache_clear()


def test_a_bucket_that_cannot_be_read_is_said(bucket, llmops):
    done = llmops("serve", "s3://other-bucket/lake", "--port", "0", env=bucket.environ())
    assert done.status == 2 and "Traceback" not in done.err and done.err.count("\n") <= 3
