"""Objects as files, against a small S3 that cuts, stumbles and refuses."""

import gzip
import random
import time

import pytest

from llmops_cli import storage
from llmops_cli.errors import UserError
from llmops_cli.storage import s3_upload
from llmops_cli.wire import World

from .s3_fake import MOMENT, serving

PART = 5 << 20      # the least that S3 takes


@pytest.fixture
def bucket(monkeypatch):
    monkeypatch.setattr(s3_upload, "PART", PART)
    with serving() as made:
        reach(made)
        yield made
    storage.reach(None)


def reach(bucket, **environ: str) -> list[str]:
    """Reach a bucket with these settings; the notices that come."""
    said, slept = [], []
    storage.reach(World(bucket.environ(**environ), lambda: MOMENT, lambda: time.monotonic() + sum(slept), slept.append, random.Random(1).random, said.append))
    return said


def read(address: str) -> bytes:
    with storage.open_source(address).stream as stream:
        return b"".join(iter(lambda: stream.read(100_000), b""))


def write(address: str, *pieces: bytes) -> None:
    with storage.create(address) as stream:
        for piece in pieces:
            stream.write(piece)


KEYS = ["plain.jsonl", "with space", "a+b", "50%25", "ä/語/🙂.jsonl", "q?x=1&y#z", "a//b", "./dots/../x", "quote\"'<&>", "~tilde-_.!*()", "=eq;semi:colon,comma@at$"]


@pytest.mark.parametrize("key", KEYS)
def test_keys_are_taken_literally(bucket, key):
    write(f"s3://bucket/{key}", b"one\n", b"two\n")
    assert bucket.objects == {key: b"one\ntwo\n"} and read(f"s3://bucket/{key}") == b"one\ntwo\n"
    assert [entry.address for entry in storage.entries("s3://bucket/")] == [f"s3://bucket/{key}"]
    assert storage.about(f"s3://bucket/{key}").size == 8
    storage.delete(f"s3://bucket/{key}")
    assert bucket.objects == {} and storage.about(f"s3://bucket/{key}") is None


@pytest.mark.parametrize("step", [1_000_003, 1 << 30])
@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, PART + 1, 3 * PART + 7])
def test_sizes_around_a_part(bucket, size, step):
    body = random.Random(size).randbytes(size)
    write("s3://bucket/k", *(body[at:at + step] for at in range(0, size, step)))
    assert bucket.objects["k"] == body and read("s3://bucket/k") == body and bucket.uploads == {}
    assert any("uploads" in query for _, _, query in bucket.requests) == (size > PART)


def test_compressed_objects_and_lines(bucket):
    write("s3://bucket/k.jsonl.gz", b'{"a": 1}\n' * 1000)
    assert gzip.decompress(bucket.objects["k.jsonl.gz"]) == b'{"a": 1}\n' * 1000
    source = storage.open_source("s3://bucket/k.jsonl.gz")
    assert list(source.stream) == [b'{"a": 1}\n'] * 1000 and source.consumed() == source.size == len(bucket.objects["k.jsonl.gz"])


@pytest.mark.parametrize("size", [10, 2 * PART])
def test_what_fails_leaves_what_was_there(bucket, size):
    bucket.objects["k"] = b"before"
    for failure in (UserError("told so"), KeyboardInterrupt()):
        with pytest.raises(type(failure)) as raised:
            with storage.create("s3://bucket/k") as stream:
                stream.write(bytes(size))
                raise failure
        assert raised.value is failure and bucket.objects == {"k": b"before"} and bucket.uploads == {}


def test_nothing_is_seen_before_the_end(bucket):
    with storage.create("s3://bucket/k") as stream:
        stream.write(bytes(3 * PART))
        assert list(storage.entries("s3://bucket/")) == [] and storage.about("s3://bucket/k") is None
    assert storage.about("s3://bucket/k").size == 3 * PART


def test_create_new_happens_once(bucket):
    assert storage.create_new("s3://bucket/lock", b"me") and not storage.create_new("s3://bucket/lock", b"you")
    assert bucket.objects["lock"] == b"me"
    storage.delete("s3://bucket/lock")
    faults = ["cut after"]
    bucket.fault = lambda method, key, query: faults.pop() if method == "PUT" and faults else ""
    assert storage.create_new("s3://bucket/lock", b"me")        # it had arrived, its answer had not
    faults.append("cut after")
    assert not storage.create_new("s3://bucket/lock", b"no")


def test_replace_is_for_the_one_that_was_seen(bucket):
    bucket.objects["k"] = b"one"
    mark = storage.about("s3://bucket/k").etag
    other = storage.replace("s3://bucket/k", b"two", mark)
    assert other == storage.about("s3://bucket/k").etag != mark and not storage.replace("s3://bucket/k", b"three", mark)
    assert bucket.objects["k"] == b"two" and not storage.replace("s3://bucket/none", b"x", mark)
    faults = ["cut after"]
    bucket.fault = lambda method, key, query: faults.pop() if method == "PUT" and faults else ""
    assert storage.replace("s3://bucket/k", b"three", other) and bucket.objects["k"] == b"three"


def test_copies_and_whole_files(bucket, tmp_path):
    bucket.objects["a +b"] = b"one"
    assert storage.copy("s3://bucket/a +b", "s3://bucket/c") and bucket.objects["c"] == b"one" and not storage.copy("s3://bucket/none", "s3://bucket/c")
    storage.fetch("s3://bucket/c", str(tmp_path / "c"))
    storage.send(str(tmp_path / "c"), "s3://bucket/d.gz")
    assert bucket.objects["d.gz"] == b"one"     # as it is: nothing is compressed
    with pytest.raises(FileNotFoundError):
        storage.fetch("s3://bucket/none", str(tmp_path / "x"))


def test_listing_goes_on_past_a_page(bucket):
    bucket.page = 7
    bucket.objects = {f"in/{number:03} +ä": bytes(number) for number in range(50)} | {"out": b""}
    found = list(storage.entries("s3://bucket/in/"))
    assert [(entry.address, entry.size) for entry in found] == [(f"s3://bucket/in/{number:03} +ä", number) for number in range(50)]
    assert len(bucket.requests) == 8 and found[0].changed == MOMENT


# Faults ---------------------------------------------------------------------------------------------------------------

def test_reads_that_are_cut_at_random_points_are_right(bucket):
    pick = random.Random(8)
    body = bucket.objects["k"] = pick.randbytes(2_000_000)
    for _ in range(140):
        faults = [pick.choice(["cut", "503", pick.random(), pick.random()]) for _ in range(pick.randrange(1, 6))]
        bucket.fault = lambda method, key, query: faults.pop() if faults else ""
        assert read("s3://bucket/k") == body


def test_writes_that_are_cut_at_random_points_are_right_or_an_error(bucket):
    pick = random.Random(9)
    errors = 0
    for turn in range(60):
        body = pick.randbytes(pick.choice([100, 100_000, PART + 10, 2 * PART + 5]))
        bucket.fault = lambda method, key, query: pick.choice(["cut", "503", "cut after", 0.5]) if pick.random() < 0.35 else ""
        bucket.objects["k"] = b"before"
        try:
            write("s3://bucket/k", body)
        except UserError:
            errors += 1
            assert bucket.objects["k"] in (b"before", body)
        else:
            assert bucket.objects["k"] == body
    assert errors < 15


def test_an_object_that_changes_while_it_is_read(bucket):
    bucket.objects["k"] = bytes(1_000_000)

    def change(method, key, query):
        bucket.objects["k"] = b"\1" * 1_000_000
        return ""
    bucket.fault = lambda method, key, query: 0.5
    source = storage.open_source("s3://bucket/k")
    bucket.fault = change
    with pytest.raises(UserError, match="changed by somebody else"):
        source.stream.read()


def test_a_server_that_knows_no_ranges(bucket):
    bucket.objects["k"], bucket.ranges = bytes(1_000_000), False
    faults = [0.5]
    bucket.fault = lambda method, key, query: faults.pop() if faults else ""
    with pytest.raises(UserError, match="cannot take up"):
        read("s3://bucket/k")


def test_a_server_that_only_stumbles(bucket):
    bucket.fault = lambda method, key, query: "503"
    with pytest.raises(UserError, match="SlowDown"):
        read("s3://bucket/k")
    assert len(bucket.requests) == 8


def test_an_error_that_comes_after_the_status_is_tried_again(bucket):
    bucket.objects["k"] = b"fine"
    stumbles = [(200, {}, "InternalError"), (200, {}, "SlowDown")]
    bucket.fault = lambda method, key, query: stumbles.pop() if stumbles and (method == "POST" and "uploadId" in query or key == "copy") else ""
    body = bytes(range(256)) * 40_000
    write("s3://bucket/large", body)
    assert bucket.objects["large"] == body and not stumbles
    stumbles.append((200, {}, "InternalError"))
    assert storage.copy("s3://bucket/k", "s3://bucket/copy") and bucket.objects["copy"] == b"fine"
    bucket.fault = lambda method, key, query: (200, {}, "InternalError") if method == "POST" and "uploadId" in query or key == "copy" else ""
    for attempt, words in ((lambda: write("s3://bucket/other", body), "could not be put together"), (lambda: storage.copy("s3://bucket/k", "s3://bucket/copy"), "could not be copied")):
        with pytest.raises(UserError, match=words):
            attempt()
    assert "other" not in bucket.objects and not bucket.uploads


REFUSALS = [((403, {}, "InvalidAccessKeyId"), "does not know this access key"), ((403, {}, "SignatureDoesNotMatch"), "secret key"), ((403, {}, "AccessDenied"), "access is denied"),
            ((403, {}, "InvalidObjectState"), "is archived"), ((404, {}, "NoSuchBucket"), "no such bucket"), ((404, {}, "NoSuchKey"), "no such object"), ((400, {}, "ExpiredToken"), "run out"), ((301, {}, "PermanentRedirect"), "another region"),
            ((403, {"Date": "Thu, 01 Jan 2026 09:00:00 GMT"}, "RequestTimeTooSkewed"), "clock of this machine")]


@pytest.mark.parametrize("fault, words", REFUSALS, ids=[fault[2] for fault, _ in REFUSALS])
def test_refusals_are_a_line_with_a_hint(bucket, fault, words):
    bucket.fault = lambda method, key, query: fault
    for attempt in (lambda: read("s3://bucket/k"), lambda: write("s3://bucket/k", b"x"), lambda: list(storage.entries("s3://bucket/p"))):
        with pytest.raises(UserError, match=words) as raised:
            attempt()
        assert raised.value.where.startswith("s3://bucket/") and raised.value.hint and "secret" not in raised.value.message.replace("secret key", "")
    assert len(bucket.requests) <= 6       # nothing of this is mended by waiting


def test_a_clock_that_is_wrong_is_put_right(bucket):
    bucket.objects["k"] = b"fine"
    answers = [(403, {"Date": "Thu, 01 Jan 2026 09:00:00 GMT"}, "RequestTimeTooSkewed")]
    bucket.fault = lambda method, key, query: answers.pop() if answers else ""
    assert read("s3://bucket/k") == b"fine"
    assert bucket.headers["GET k"]["X-Amz-Date"] == "20260101T090000Z"


@pytest.mark.parametrize("fault", [(301, {"x-amz-bucket-region": "us-west-2"}, "PermanentRedirect"), (400, {"x-amz-bucket-region": "us-west-2"}, "AuthorizationHeaderMalformed")])
def test_a_bucket_elsewhere_is_followed_once_and_named(bucket, fault):
    bucket.objects["k"] = b"fine"
    said = reach(bucket)
    answers = [fault]
    bucket.fault = lambda method, key, query: answers.pop() if answers else ""
    assert read("s3://bucket/k") == b"fine" and read("s3://bucket/k") == b"fine"
    assert len(bucket.requests) == 3 and "/us-west-2/s3/" in bucket.headers["GET k"]["Authorization"]
    assert said == ["s3://bucket is in us-west-2, not in eu-central-1: AWS_REGION=us-west-2 saves the detour"]
    reach(bucket)
    bucket.fault = lambda method, key, query: fault
    with pytest.raises(UserError, match="another region"):
        read("s3://bucket/k")
    assert len(bucket.requests) == 5


def test_a_bucket_that_may_be_read_and_not_listed(bucket):
    bucket.objects["k"] = b"fine"
    bucket.fault = lambda method, key, query: (403, {}, "AccessDenied") if method == "HEAD" or "list-type" in query else ""
    assert read("s3://bucket/k") == b"fine"


def test_encryption_at_rest_is_asked_for(bucket):
    reach(bucket, LLMOPS_S3_SSE_KMS_KEY_ID="alias/k")
    write("s3://bucket/k", b"x")
    assert bucket.headers["PUT k"]["x-amz-server-side-encryption"] == "aws:kms" and bucket.headers["PUT k"]["x-amz-server-side-encryption-aws-kms-key-id"] == "alias/k"
    write("s3://bucket/large", bytes(2 * PART))
    assert "x-amz-server-side-encryption" in bucket.headers["POST large"] or any("uploads" in query for _, _, query in bucket.requests)
    for environ in ({"LLMOPS_S3_SSE": "rot13"}, {"LLMOPS_S3_SSE": "AES256", "LLMOPS_S3_SSE_KMS_KEY_ID": "k"}):
        reach(bucket, **environ)
        with pytest.raises(UserError, match="LLMOPS_S3_SSE"):
            read("s3://bucket/k")


@pytest.mark.parametrize("address, words", [("s3://", "not an address of S3"), ("s3://bucket", "folder"), ("s3://bucket/", "folder"), ("s3://bucket/a/", "folder"), ("s3://b@d/k", "not an address")])
def test_what_is_no_object(bucket, address, words):
    for attempt in (lambda: read(address), lambda: write(address, b"")):
        with pytest.raises(UserError, match=words):
            attempt()
    assert bucket.requests == []


# From outside ---------------------------------------------------------------------------------------------------------

EVENT = b'{"event_time": "2026-01-03T10:15:00Z", "conversation_id": "c1", "role": "user", "content": "write to ann@example.org", "team": "Sales"}\n'


def test_commands_read_and_write_objects(bucket, llmops):
    bucket.objects = {"in/a b.jsonl": EVENT, "in/c.jsonl.gz": gzip.compress(EVENT)}
    done = llmops("sanitize", "s3://bucket/in/a b.jsonl", "s3://bucket/in/c.jsonl.gz", "-o", "s3://bucket/out/clean.jsonl.gz", env=bucket.environ())
    assert (done.status, done.out, done.err) == (0, b"", "")
    assert gzip.decompress(bucket.objects["out/clean.jsonl.gz"]) == EVENT.replace(b"ann@example.org", b"[EMAIL]") * 2
    done = llmops("assemble", "s3://bucket/in/nothing.jsonl", env=bucket.environ())
    assert (done.status, done.out) == (2, b"") and done.err == "llmops: s3://bucket/in/nothing.jsonl: there is no such object\n  hint: check the spelling; every letter of a key counts\n"
    done = llmops("assemble", "s3://bucket/in/a b.jsonl", "-o", "s3://wrong/out", env=bucket.environ())
    assert done.status == 2 and "no such bucket" in done.err and done.err.count("\n") == 2


def test_a_vault_in_a_bucket_keeps_what_it_held(bucket, llmops):
    environ = bucket.environ(LLMOPS_HASH_KEY="a key for these tests")
    cleaned = [llmops("sanitize", "--as", "hash", "--vault", "s3://bucket/vault.jsonl", stdin=EVENT.replace(b"ann", name), env=environ).out for name in (b"eve", b"zoe")]
    assert llmops("restore", "--vault", "s3://bucket/vault.jsonl", stdin=b"".join(cleaned), env=environ).out == EVENT.replace(b"ann", b"eve") + EVENT.replace(b"ann", b"zoe")


def test_without_credentials(bucket, llmops):
    done = llmops("assemble", "s3://bucket/k", env=bucket.environ(AWS_ACCESS_KEY_ID="", AWS_EC2_METADATA_DISABLED="true"))
    assert done.status == 2 and "no AWS credentials" in done.err
