"""Signature Version 4: AWS's own cases, sessions, clocks, keys of a day."""

import hashlib
import json
import random

import pytest

from llmops_cli.aws import Bearer, signer
from llmops_cli.aws.credentials import Credentials
from llmops_cli.aws.signing import Signer, canonical_headers, canonical_path, canonical_query, signature, signing_key
from llmops_cli.errors import UserError
from llmops_cli.wire import Headers, Request, Response, World

MOMENT = 1_440_938_160      # 2015-08-30T12:36:00Z


class Given:
    def __init__(self, credentials=Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), after=None):
        self.credentials, self.after = credentials, after

    def get(self):
        return self.credentials

    def renew(self):
        self.credentials, changed = self.after or self.credentials, self.after is not None
        return changed


def world(**environ: str) -> World:
    return World(environ, lambda: MOMENT, lambda: 0.0, lambda seconds: None, lambda: 0.5)


def test_the_cases_of_aws(data):
    cases = [json.loads(line) for line in (data / "sigv4" / "sigv4_dev.jsonl").read_text().splitlines()]
    assert len(cases) == 19
    for case in cases:
        headers = [tuple(pair) for pair in case["headers"]] + [("X-Amz-Security-Token", case["session_token"])] * bool(case["session_token"])
        date = case["amz_date"][:8]
        parts = signature(case["method"], case["target"], headers, hashlib.sha256(case["body"].encode()).hexdigest(), case["access_key"],
                          signing_key(case["secret_key"], date, case["region"], case["service"]), f"{date}/{case['region']}/{case['service']}/aws4_request",
                          case["amz_date"], double_encode=case["double_encode"], normalize=case["normalize_path"])
        assert parts._asdict() == case["expect"], case["name"]


@pytest.mark.parametrize("path, signed", [("", "/"), ("/", "/"), ("/a/./b/../c", "/a/c"), ("//a//b//", "/a/b/"), ("/../..", "/"), ("/ä b", "/%C3%A4%20b"),
                                          ("/model/eu.amazon.nova-micro-v1%3A0/converse", "/model/eu.amazon.nova-micro-v1%253A0/converse"),
                                          ("/model/arn%3Aaws%3Abedrock%3Aeu%3A1%3Ax%2Fy/converse", "/model/arn%253Aaws%253Abedrock%253Aeu%253A1%253Ax%252Fy/converse")])
def test_paths(path, signed):
    assert canonical_path(path) == signed


def test_paths_of_s3_are_signed_as_they_are():
    for path in ("/b/a//b/../c%20d%2Be", "/b/%C3%A4"):
        assert canonical_path(path, double_encode=False, normalize=False) == path


def test_queries_and_headers():
    assert canonical_query("b&a=2&a=1&%C3%A4=x%20y&A=") == "%C3%A4=x%20y&A=&a=1&a=2&b="
    assert canonical_headers([("B", "  x   y "), ("a", "1"), ("b", "z"), ("User-Agent", "x"), ("Authorization", "y")]) == ("a:1\nb:x y,z\n", "a;b")


def test_a_session_and_the_form_of_a_signed_request():
    sign = Signer(Given(Credentials("A", "B", "TOKEN")), "eu-central-1", "bedrock", lambda: MOMENT)
    signed = sign(Request("POST", "https://bedrock-runtime.eu-central-1.amazonaws.com/model/m/converse", {"Content-Type": "application/json"}, b"{}"))
    assert signed.headers["X-Amz-Date"] == "20150830T123600Z" and signed.headers["X-Amz-Security-Token"] == "TOKEN"
    assert signed.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=A/20150830/eu-central-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, ")
    assert "X-Amz-Content-SHA256" not in signed.headers and signed.body == b"{}"
    assert "X-Amz-Content-SHA256" in Signer(Given(), "r", "s3", lambda: MOMENT)(Request("GET", "https://s3.r.amazonaws.com/b")).headers


def test_credentials_that_are_no_text_are_the_servers_to_refuse():
    signed = Signer(Given(Credentials("A", "B\udcff", "T\udcff")), "r", "bedrock", lambda: MOMENT)(Request("GET", "https://a.example/"))
    assert "Signature=" in signed.headers["Authorization"]


def test_the_key_of_a_day_is_made_once_and_a_new_day_has_its_own():
    clock, given = [MOMENT], Given()
    sign = Signer(given, "r", "s3", lambda: clock[0])
    pick = random.Random(1)
    for _ in range(200):
        clock[0] += pick.randrange(20_000)
        if not pick.randrange(20):
            given.credentials = Credentials("A", str(pick.random()))
        request = Request("GET", f"https://h/{pick.random()}")
        assert sign(request) == Signer(given, "r", "s3", lambda: clock[0])(request)


def refusal(code: str, date: str = "Sun, 30 Aug 2015 13:06:00 GMT", status: int = 403) -> Response:
    return Response(status, Headers.of([("Date", date)]), f"<Error><Code>{code}</Code></Error>".encode())


@pytest.mark.parametrize("code", ["RequestTimeTooSkewed", "InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired"])
def test_a_clock_that_is_wrong_is_put_right_once(code):
    sign = Signer(Given(), "r", "s3", lambda: MOMENT)
    assert sign.mend(refusal(code))
    assert sign(Request("GET", "https://h/")).headers["X-Amz-Date"] == "20150830T130600Z"
    assert not sign.mend(refusal(code, "Sun, 30 Aug 2015 19:06:00 GMT"))


def test_what_is_no_fault_of_the_clock():
    sign = Signer(Given(), "r", "s3", lambda: MOMENT)
    assert not sign.mend(refusal("SignatureDoesNotMatch", "Sun, 30 Aug 2015 12:36:20 GMT"))
    assert not sign.mend(refusal("RequestTimeTooSkewed", ""))
    assert not sign.mend(refusal("NoSuchKey", status=404))


def test_credentials_that_have_run_out_are_renewed():
    sign = Signer(Given(after=Credentials("NEW", "B")), "r", "s3", lambda: MOMENT)
    assert sign.mend(refusal("ExpiredToken")) and "Credential=NEW/" in sign(Request("GET", "https://h/")).headers["Authorization"]
    assert not Signer(Given(), "r", "s3", lambda: MOMENT).mend(refusal("ExpiredTokenException"))


def test_a_bedrock_key_goes_before_credentials():
    sign = signer(world(AWS_BEARER_TOKEN_BEDROCK=" key\n", AWS_ACCESS_KEY_ID="A", AWS_SECRET_ACCESS_KEY="B"), "bedrock", send=None)
    assert isinstance(sign, Bearer) and sign(Request("GET", "https://h/")).headers == {"Authorization": "Bearer key"}
    assert isinstance(signer(world(AWS_BEARER_TOKEN_BEDROCK="key", AWS_REGION="r"), "s3", send=None), Signer)
    with pytest.raises(UserError, match="no AWS region"):
        signer(world(HOME="/nowhere"), "bedrock", send=None)


def test_secrets_are_not_printed():
    assert "SECRET" not in repr(Credentials("A", "SECRET", "SECRET")) + str([Credentials("A", "SECRET")])
