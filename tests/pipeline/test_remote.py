"""`run` on s3:// from outside: the same lake as in a folder, also when the run dies anywhere, and one run at a time."""

import json
import random
import subprocess
import time

import pytest

from ..conftest import PROGRAM, environment
from ..storage.s3_fake import serving
from .lakes import VOLATILE, contents, events, write

LAKE = "s3://bucket/a lake"


@pytest.fixture
def bucket():
    with serving() as bucket:
        yield bucket


def of_bucket(bucket) -> dict[str, object]:
    """What `contents` gives of a folder, of the lake in the bucket."""
    found: dict[str, object] = {}
    for key, body in bucket.objects.items():
        path = key.removeprefix("a lake/")
        found[path] = body
        if path.endswith("run_latest.json"):
            found[path] = {name: value for name, value in json.loads(body).items() if name not in (*VOLATILE, "storage_type")}
    return found


def of_folder(lake) -> dict[str, object]:
    return {path: {name: inner for name, inner in value.items() if name != "storage_type"} if isinstance(value, dict) else value
            for path, value in contents(lake).items() if path != ".llmops/lock"}


def test_a_lake_in_a_bucket_is_the_lake_in_a_folder(llmops, tmp_path, bucket):
    log, more = write(tmp_path / "log.jsonl", events(1)), write(tmp_path / "more.jsonl", events(2))
    for address in (tmp_path / "lake", LAKE):
        for source in (log, more):
            done = llmops("run", source, "-o", address, env=bucket.environ())
            assert done.status == 0, done.err
    assert of_bucket(bucket) == of_folder(tmp_path / "lake")
    before = dict(bucket.objects)
    assert "nothing new" in llmops("run", log, "-o", LAKE, env=bucket.environ()).err
    assert bucket.objects == before


def test_inputs_and_landing_may_be_in_the_bucket(llmops, tmp_path, bucket):
    lines = b"".join(json.dumps(event).encode() + b"\n" for event in events(1))
    bucket.objects["logs/gate way.jsonl"] = lines
    bucket.objects["a lake/landing/date=2026-03-01/dropped.jsonl"] = lines
    assert llmops("run", "s3://bucket/logs/gate way.jsonl", "-o", tmp_path / "lake", env=bucket.environ()).status == 0
    assert llmops("run", "-o", LAKE, env=bucket.environ()).status == 0
    local = {path: value for path, value in of_folder(tmp_path / "lake").items() if path.startswith("curated")}
    assert {path: value for path, value in of_bucket(bucket).items() if path.startswith("curated")} == local
    missing = llmops("run", "s3://bucket/logs/nothing.jsonl", "-o", LAKE, env=bucket.environ())
    assert missing.status == 2 and "no such object" in missing.err


@pytest.mark.parametrize("seed", range(2))
def test_a_run_that_died_anywhere_is_finished_by_the_next(llmops, tmp_path, bucket, seed):
    first, second = write(tmp_path / "log.jsonl", events(1)), write(tmp_path / "more.jsonl", events(2))
    for source in (first, second):
        llmops("run", source, "-o", tmp_path / "lake")
    llmops("run", first, "-o", LAKE, env=bucket.environ())
    chance = random.Random(seed)
    process = subprocess.Popen([*PROGRAM, "run", "-q", second, "-o", LAKE], env=environment(tmp_path, bucket.environ()), cwd=tmp_path)
    written = sum(method in ("PUT", "DELETE") for method, _, _ in bucket.requests)
    last = written + chance.randrange(1, 90)
    while process.poll() is None and sum(method in ("PUT", "DELETE") for method, _, _ in bucket.requests) < last:
        time.sleep(0.001)
    process.kill()
    process.wait()
    for key in [key for key in bucket.objects if key.endswith("/lock")]:       # as after the time it holds
        bucket.objects[key] = json.dumps({**json.loads(bucket.objects[key]), "until_seconds": 1}).encode()
    done = llmops("run", second, "-o", LAKE, env=bucket.environ())
    assert done.status == 0, done.err
    assert of_bucket(bucket) == of_folder(tmp_path / "lake")


def test_one_run_at_a_time(llmops, tmp_path, bucket):
    log = write(tmp_path / "log.jsonl", events(1))
    bucket.objects["a lake/.llmops/lock"] = json.dumps({"holder": "process 1 on host", "until": "2099-01-01T00:00:00Z", "until_seconds": 4e9}).encode()
    held = llmops("run", log, "-o", LAKE, env=bucket.environ())
    assert held.status == 2 and "process 1 on host, until 2099" in held.err and "--wait" in held.err
    assert list(bucket.objects) == ["a lake/.llmops/lock"]
    bucket.objects["a lake/.llmops/lock"] = json.dumps({"holder": "process 1 on host", "until": "", "until_seconds": 4}).encode()
    assert llmops("run", log, "-o", LAKE, env=bucket.environ()).status == 0
    assert "a lake/.llmops/lock" not in bucket.objects


def test_a_personal_id_needs_a_key_that_all_machines_share(llmops, tmp_path, bucket):
    log = write(tmp_path / "log.jsonl", [{**event, "user_id": "ann@example.org"} for event in events(1)[:3]])
    done = llmops("run", log, "-o", LAKE, env=bucket.environ())
    assert done.status == 2 and "LLMOPS_HASH_KEY" in done.err and "ann@" not in done.err
    assert not any("sanitized" in key or key.endswith("lock") for key in bucket.objects)
    assert llmops("run", log, "-o", LAKE, env=bucket.environ(LLMOPS_HASH_KEY="k")).status == 0


def test_upkeep_in_a_bucket(llmops, tmp_path, bucket):
    log = write(tmp_path / "log.jsonl", events(1))
    for address in (tmp_path / "lake", LAKE):
        llmops("run", log, "-o", address, env=bucket.environ())
        assert llmops("forget", address, "--user", "u_5", env=bucket.environ()).status == 0
        assert llmops("prune", address, "--keep", "landing=2d", "--today", "2026-03-06", "--apply", env=bucket.environ()).status == 0
    there, here = of_bucket(bucket), of_folder(tmp_path / "lake")
    assert there.keys() == here.keys()
    assert {path: value for path, value in there.items() if "erasures" not in path} == {path: value for path, value in here.items() if "erasures" not in path}
    assert llmops("show", LAKE, "--json", env=bucket.environ()).out == llmops("show", tmp_path / "lake", "--json").out


def test_who_slept_past_its_lock_writes_nothing_more(tmp_path):
    """A machine that was suspended wakes up to a lake that another run holds."""
    from llmops_cli.errors import UserError
    from llmops_cli.pipeline.bucket import Objects
    from llmops_cli.pipeline.remote import LOCK, Clock, RemoteLake

    class Held(Objects):
        """Objects in a dict."""

        def __init__(self):
            super().__init__("s3://bucket/lake")
            self.all = {}

        def list(self, prefix):
            return iter(())

        def read(self, key):
            return (self.all[key], str(hash(self.all[key]))) if key in self.all else None

        def write(self, key, data, *, absent=False, etag=""):
            if absent and key in self.all or etag and etag != str(hash(self.all.get(key))):
                return None
            self.all[key] = data
            return str(hash(data))

        def put(self, key, path):
            self.all[key] = b"put"

        def delete(self, key):
            self.all.pop(key, None)

    store, now = Held(), [1000.0]
    first, second = [RemoteLake(store, str(tmp_path / name), name, Clock(lambda: now[0], lambda seconds: None)) for name in ("first", "second")]
    with pytest.raises(UserError, match="lost"), first.locked(False, ""):
        first.write_json("reports/a.json", {})
        now[0] += 121
        with second.locked(False, ""):
            other = store.all[LOCK]
            try:
                first.write_json("reports/b.json", {})
            finally:
                assert "reports/a.json" in store.all and "reports/b.json" not in store.all and store.all[LOCK] == other
    assert LOCK not in store.all
