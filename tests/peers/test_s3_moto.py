"""Objects to and fro between us, boto3 and the AWS command line, over moto's S3. LLMOPS_SLOW=1 takes a thousand objects."""

import os
import random
import shutil
import subprocess
import time

import pytest

from llmops_cli import storage
from llmops_cli.errors import UserError
from llmops_cli.wire import World

from . import moto

boto3 = pytest.importorskip("boto3", reason="boto3 is not installed: tests/peers/run installs it")
pytestmark = pytest.mark.skipif(not moto.installed(), reason="moto_server is not installed: tests/peers/run installs it")
SLOW = os.environ.get("LLMOPS_SLOW") == "1"
LETTERS = "abcXYZ019-_.~ !'()*$&+,;=:@%#?/äß語🙂\""
SIZES = [0, 1, 1000, 5_000_000 - 1, 5_000_000, 5_000_001, 8 << 20, (8 << 20) + 1]


@pytest.fixture(scope="module")
def aws():
    with moto.serving() as environ:
        storage.reach(World(environ, time.time, time.monotonic, time.sleep, random.random))
        yield environ
    storage.reach(None)


@pytest.fixture(scope="module")
def client(aws):
    client = boto3.client("s3", endpoint_url=aws["AWS_ENDPOINT_URL"], region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
    client.create_bucket(Bucket="bucket")
    return client


def random_key(pick: random.Random) -> str:
    while True:
        key = "".join(pick.choices(LETTERS, k=pick.randrange(1, 40)))
        # A client that resolves dots would ask for another object; a slash in front or behind means another thing to the command line.
        if not key.startswith("/") and not key.endswith("/") and not {".", "..", ""} & set(key.split("/")):
            return key


def written(key: str, body: bytes) -> None:
    with storage.create(f"s3://bucket/{key}") as stream:
        for at in range(0, len(body), 700_001):
            stream.write(body[at:at + 700_001])


def test_round_trips_with_boto3(client):
    pick = random.Random(11)
    bodies = {}
    for number in range(1000 if SLOW else 60):
        key, body = random_key(pick), pick.randbytes(pick.choice(SIZES if number % 10 == 0 else SIZES[:3]))
        bodies[key] = body
        if number % 2:
            written(key, body)
            assert client.get_object(Bucket="bucket", Key=key)["Body"].read() == body
        else:
            client.put_object(Bucket="bucket", Key=key, Body=body)
        with storage.open_source(f"s3://bucket/{key}").stream as stream:
            assert stream.read() == body
    found = {entry.address.removeprefix("s3://bucket/"): entry.size for entry in storage.entries("s3://bucket/")}
    assert found == {key: len(body) for key, body in bodies.items()}
    for key in bodies:
        storage.delete(f"s3://bucket/{key}")
    assert client.list_objects_v2(Bucket="bucket")["KeyCount"] == 0


def test_a_hundred_megabytes(client):
    body = random.Random(3).randbytes(100_000_000 if SLOW else 30_000_000)
    written("large", body)
    assert client.get_object(Bucket="bucket", Key="large")["Body"].read() == body
    with storage.open_source("s3://bucket/large").stream as stream:
        assert stream.read() == body
    storage.delete("s3://bucket/large")


@pytest.mark.skipif(not shutil.which("aws"), reason="the AWS command line is not installed: tests/peers/run installs it")
def test_round_trips_with_the_command_line(aws, client, tmp_path):
    pick = random.Random(12)

    def command_line(*words: str) -> None:
        subprocess.run(["aws", "s3", "cp", "--only-show-errors", *words], check=True, env={**os.environ, **aws})
    for number in range(40 if SLOW else 4):
        key, body = random_key(pick), pick.randbytes(SIZES[number % len(SIZES)] + 5)
        (tmp_path / "theirs").write_bytes(body)
        written(key, body)
        command_line(f"s3://bucket/{key}", str(tmp_path / "back"))
        assert (tmp_path / "back").read_bytes() == body
        command_line(str(tmp_path / "theirs"), f"s3://bucket/{key}+")
        with storage.open_source(f"s3://bucket/{key}+").stream as stream:
            assert stream.read() == body


def test_more_than_a_thousand_objects(client):
    for number in range(2100):
        client.put_object(Bucket="bucket", Key=f"many/{number:05}", Body=b"")
    assert [entry.address for entry in storage.entries("s3://bucket/many/")] == [f"s3://bucket/many/{number:05}" for number in range(2100)]


def test_create_new_and_replace(client):
    assert storage.create_new("s3://bucket/lock", b"me") and not storage.create_new("s3://bucket/lock", b"you")
    assert client.get_object(Bucket="bucket", Key="lock")["Body"].read() == b"me"
    with pytest.raises(UserError, match="no such bucket"):
        storage.create_new("s3://nowhere/lock", b"me")


def test_what_failed_left_no_parts(client):
    with pytest.raises(KeyboardInterrupt):
        with storage.create("s3://bucket/never") as stream:
            stream.write(bytes(20_000_000))
            raise KeyboardInterrupt
    assert "Uploads" not in client.list_multipart_uploads(Bucket="bucket") and storage.about("s3://bucket/never") is None


def test_signatures_that_are_checked():
    """moto lets a first few requests through unsigned, with which a user is made, and checks all others."""
    with moto.serving(INITIAL_NO_AUTH_ACTION_COUNT="4") as environ:
        def service(name: str):
            return boto3.client(name, endpoint_url=environ["AWS_ENDPOINT_URL"], region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")
        iam = service("iam")
        iam.create_user(UserName="u")
        key = iam.create_access_key(UserName="u")["AccessKey"]
        policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
        iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=policy)
        service("s3").create_bucket(Bucket="bucket")

        def reach(secret: str) -> None:
            keys = {**environ, "AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": secret}
            storage.reach(World(keys, time.time, time.monotonic, time.sleep, random.random))
        reach(key["SecretAccessKey"])
        pick = random.Random(5)
        for _ in range(20):
            # Of other signs moto checks another signature than the standard's: it refuses boto3's as well.
            name, body = "".join(pick.choices("abc XYZ019-_.", k=12)).strip() or "name", pick.randbytes(1000)
            written(name, body)
            with storage.open_source(f"s3://bucket/{name}").stream as stream:
                assert stream.read() == body
            assert [entry.address for entry in storage.entries(f"s3://bucket/{name}")] == [f"s3://bucket/{name}"]
            storage.delete(f"s3://bucket/{name}")
        reach("wrong")
        with pytest.raises(UserError, match="secret key does not belong"):
            written("k", b"x")
