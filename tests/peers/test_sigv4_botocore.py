"""Signatures beside botocore's own: thousands of random requests, not one different."""

import hashlib
import random
from datetime import datetime, timezone
from urllib.parse import quote
from unittest import mock

import pytest

from llmops_cli.aws.credentials import Credentials
from llmops_cli.aws.signing import Signer
from llmops_cli.wire import Request

auth = pytest.importorskip("botocore.auth", reason="botocore is not installed: tests/peers/run installs it")
from botocore.awsrequest import AWSRequest  # noqa: E402
from botocore.credentials import Credentials as TheirCredentials  # noqa: E402

LETTERS = "abcXYZ019-_.~ !'()*$&+,;=:@%#?/ä語🙂"
MOMENT = 1_788_000_000


class Given:
    def __init__(self, credentials):
        self.credentials = credentials

    def get(self):
        return self.credentials


def theirs(request: Request, credentials: Credentials, region: str, service: str) -> dict[str, str]:
    signer = (auth.S3SigV4Auth if service == "s3" else auth.SigV4Auth)(TheirCredentials(credentials.access_key, credentials.secret_key, credentials.token or None), service, region)
    asked = AWSRequest(request.method, request.url, dict(request.headers), request.body)
    if service == "s3":     # over plain http they sign the body
        asked.context["payload_signing_enabled"] = True
    moment = datetime.fromtimestamp(MOMENT, timezone.utc)
    with mock.patch("botocore.auth.get_current_datetime", lambda **_: moment, create=True), mock.patch("botocore.auth.datetime", create=True) as clock:
        clock.datetime.utcnow.return_value = moment.replace(tzinfo=None)
        clock.datetime.now.return_value = moment
        signer.add_auth(asked)
    return {name.lower(): value for name, value in asked.headers.items()}


def random_request(pick: random.Random) -> tuple[Request, Credentials, str, str]:
    def word(most: int = 12) -> str:
        return "".join(pick.choices(LETTERS, k=pick.randrange(most)))
    service = pick.choice(["s3", "bedrock", "bedrock", "sts", "execute-api"])
    region = pick.choice(["us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1"])
    if service == "bedrock":
        model = pick.choice(["amazon.nova-micro-v1:0", f"arn:aws:bedrock:{region}:123456789012:inference-profile/eu.{word()}", word()]) or "m"
        path = f"/model/{quote(model, safe='')}/converse"
    else:
        path = "/" + "/".join(quote(word() or "x", safe="-_.~") for _ in range(pick.randrange(5)))
    query = "&".join(f"{quote(word() or 'k', safe='-_.~')}={quote(word(), safe='-_.~')}" for _ in range(pick.choice([0, 0, 1, 2, 5])))
    host = pick.choice([f"{service}.{region}.amazonaws.com", "localhost:4566", "bucket.example:443", "127.0.0.1:80"])
    scheme = pick.choice(["http", "https"])
    headers = {name: value for name, value in (("Content-Type", "application/json"), ("x-amz-meta-Thing", f"  a  {word().strip().encode('ascii', 'ignore').decode()}  b "),
                                               ("User-Agent", "x"), ("Accept", "*/*"), ("X-Amzn-Trace-Id", "y")) if pick.random() < 0.5}
    body = pick.randbytes(pick.choice([0, 1, 1000]))
    method = pick.choice(["GET", "PUT", "POST", "DELETE", "HEAD"])
    credentials = Credentials(f"AKIA{pick.randrange(10 ** 12)}", pick.randbytes(20).hex(), pick.choice(["", "token/+=" + pick.randbytes(30).hex()]))
    return Request(method, f"{scheme}://{host}{path}" + (f"?{query}" if query else ""), headers, body), credentials, region, service


def test_five_thousand_random_requests():
    pick = random.Random(4)
    different = []
    for number in range(5000):
        request, credentials, region, service = random_request(pick)
        signer = Signer(Given(credentials), region, service, lambda: MOMENT)
        signed = {name.lower(): value for name, value in signer(request).headers.items()}
        expected = theirs(request, credentials, region, service)
        if service == "s3" and expected.get("x-amz-content-sha256") != hashlib.sha256(request.body).hexdigest():
            signed = {name.lower(): value for name, value in signer(request, expected["x-amz-content-sha256"]).headers.items()}
        if signed["authorization"] != expected["authorization"] or signed["x-amz-date"] != expected["x-amz-date"]:
            different.append((number, service, request.method, request.url))
    assert different == []
