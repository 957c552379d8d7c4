"""The chain of credentials: files and environment in a made home, STS, SSO and metadata as a few lines."""

import hashlib
import json
import sys

import pytest

from llmops_cli.aws import Chain, Credentials, region_of
from llmops_cli.errors import UserError
from llmops_cli.wire import Headers, Request, Response, TransportError, World

KEYS = {"AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "SECRET"}
STS = "<r><Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>S&amp;T</SecretAccessKey><SessionToken>T</SessionToken><Expiration>2026-01-01T01:00:00Z</Expiration></Credentials></r>"
NOW = 1_767_225_600         # 2026-01-01T00:00:00Z


class Setting:
    """A home, an environment, a clock, and services that answer by the start of an address."""

    def __init__(self, home):
        self.home, self.at, self.services, self.asked = home, NOW, {}, []
        (home / ".aws").mkdir()

    def chain(self, **environ: str) -> Chain:
        return Chain(self.world(**environ), self.send, environ.get("AWS_REGION", ""))

    def world(self, **environ: str) -> World:
        return World({"HOME": str(self.home), **environ}, lambda: self.at, lambda: self.at, lambda seconds: None, lambda: 0.5)

    def send(self, request: Request) -> Response:
        self.asked.append(request)
        for start, answer in self.services.items():
            if request.url.startswith(start):
                given = answer(request) if callable(answer) else answer
                return given if isinstance(given, Response) else Response(200, Headers(), given if isinstance(given, bytes) else json.dumps(given).encode())
        raise TransportError("unreachable", "cannot be reached", retry=False)

    def config(self, text: str) -> None:
        (self.home / ".aws" / "config").write_text(text)

    def keys(self, text: str) -> None:
        (self.home / ".aws" / "credentials").write_text(text)


@pytest.fixture
def setting(tmp_path) -> Setting:
    return Setting(tmp_path)


def document(key: str = "META", expires: str = "2026-01-01T06:00:00Z") -> dict:
    return {"AccessKeyId": key, "SecretAccessKey": "S", "Token": "T", "Expiration": expires}


def test_the_environment_goes_first(setting):
    setting.keys("[default]\naws_access_key_id = FILE\naws_secret_access_key = S\n")
    assert setting.chain(**KEYS).get().access_key == "ENV"
    assert setting.chain(**KEYS, AWS_SESSION_TOKEN="T").get().token == "T"
    assert setting.chain().get().access_key == "FILE"
    with pytest.raises(UserError, match="AWS_SECRET_ACCESS_KEY is not"):
        setting.chain(AWS_ACCESS_KEY_ID="A").get()


def test_profiles_of_both_files(setting):
    setting.config("[default]\nregion = eu-north-1\n\n[profile work]\nregion=us-west-2\naws_access_key_id = CONFIG\naws_secret_access_key = S\ns3 =\n  addressing_style = path\n"
                   "[profile 'with space']\naws_access_key_id = SPACE # a comment\naws_secret_access_key = S\n")
    setting.keys("[work]\naws_access_key_id = FILE\naws_secret_access_key = a=b%c\naws_session_token = T\n")
    assert setting.chain(AWS_PROFILE="work").get() == Credentials("FILE", "a=b%c", "T")
    assert setting.chain(AWS_PROFILE="with space").get().access_key == "SPACE"
    assert region_of(setting.world(AWS_PROFILE="work")) == "us-west-2" and region_of(setting.world()) == "eu-north-1"
    assert region_of(setting.world(AWS_DEFAULT_REGION="d", AWS_PROFILE="work")) == "d"
    with pytest.raises(UserError, match="no AWS profile 'missing'"):
        setting.chain(AWS_PROFILE="missing").get()


def test_files_elsewhere_and_files_that_are_none(setting):
    (setting.home / "mine").write_text("[default]\naws_access_key_id = MINE\naws_secret_access_key = S\n")
    assert setting.chain(AWS_SHARED_CREDENTIALS_FILE="~/mine").get().access_key == "MINE"
    setting.config("no section\nsecret\n")
    with pytest.raises(UserError) as raised:
        setting.chain().get()
    assert "secret" not in str(raised.value) and raised.value.where.endswith("config")


def test_nothing_anywhere(setting):
    with pytest.raises(UserError, match="no AWS credentials were found"):
        setting.chain().get()
    assert [request.url for request in setting.asked] == ["http://169.254.169.254/latest/api/token"]
    with pytest.raises(UserError):
        setting.chain(AWS_EC2_METADATA_DISABLED="true").get()
    assert len(setting.asked) == 1


def test_a_role_from_another_profile(setting):
    setting.config("[profile a]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\nexternal_id = x&y\nregion = eu-west-1\n"
                   "[profile b]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = keys\n[profile loop]\nrole_arn = r\nsource_profile = loop2\n[profile loop2]\nrole_arn = r\nsource_profile = loop\n"
                   "[profile env]\nrole_arn = r\ncredential_source = Environment\n[profile code]\nrole_arn = r\nsource_profile = keys\nmfa_serial = m\n")
    setting.keys("[keys]\naws_access_key_id = KEYS\naws_secret_access_key = S\n")
    setting.services["https://sts."] = lambda request: STS.format("A" if b"role%2Fa" in request.body else "B").encode()
    assert setting.chain(AWS_PROFILE="a").get() == Credentials("A", "S&T", "T", NOW + 3600)
    first, second = setting.asked
    assert "Credential=KEYS/" in first.headers["Authorization"] and "Credential=B/" in second.headers["Authorization"]
    assert b"ExternalId=x%26y" in second.body and second.url == "https://sts.eu-west-1.amazonaws.com/"
    assert setting.chain(AWS_PROFILE="env", AWS_ENDPOINT_URL_STS="https://sts.here").world and setting.chain(AWS_PROFILE="env", **KEYS).get().access_key == "ENV"
    for profile, words in (("loop", "its own source"), ("code", "code of a device"), ("env", "no credentials to assume")):
        with pytest.raises(UserError, match=words):
            setting.chain(AWS_PROFILE=profile).get()


def test_web_identity(setting):
    (setting.home / "token").write_text("JWT\n")
    setting.services["https://sts.eu-west-1"] = STS.format("WEB").encode()
    found = setting.chain(AWS_ROLE_ARN="arn", AWS_WEB_IDENTITY_TOKEN_FILE=str(setting.home / "token"), AWS_REGION="eu-west-1").get()
    assert found.access_key == "WEB" and b"WebIdentityToken=JWT" in setting.asked[0].body and "Authorization" not in setting.asked[0].headers


def test_sts_refuses_and_sts_stumbles(setting):
    (setting.home / "token").write_text("JWT")
    environ = {"AWS_ROLE_ARN": "arn", "AWS_WEB_IDENTITY_TOKEN_FILE": str(setting.home / "token"), "AWS_REGION": "r"}
    setting.services["https://sts."] = Response(403, Headers(), b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>secret</Message></Error></ErrorResponse>")
    with pytest.raises(UserError) as raised:
        setting.chain(**environ).get()
    assert "AccessDenied" in str(raised.value) and "secret" not in str(raised.value) and len(setting.asked) == 1
    answers = [Response(500, Headers(), b""), Response(400, Headers(), b"<Code>Throttling</Code>"), STS.format("LAST").encode()]
    setting.services["https://sts."] = lambda request: answers.pop(0)
    assert setting.chain(**environ).get().access_key == "LAST"


def test_single_sign_on(setting):
    cache = setting.home / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    setting.config("[profile s]\nsso_session = company\nsso_account_id = 12\nsso_role_name = reader\n[sso-session company]\nsso_region = eu-west-1\nsso_start_url = https://x\n"
                   "[profile old]\nsso_start_url = https://x\nsso_region = eu-west-1\nsso_account_id = 12\nsso_role_name = reader\n")
    setting.services["https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?role_name=reader&account_id=12"] = \
        {"roleCredentials": {"accessKeyId": "SSO", "secretAccessKey": "S", "sessionToken": "T", "expiration": (NOW + 900) * 1000}}
    for profile, key in (("s", "company"), ("old", "https://x")):
        with pytest.raises(UserError, match="nobody is signed on") as raised:
            setting.chain(AWS_PROFILE=profile).get()
        assert raised.value.hint == f"aws sso login --profile {profile}"
        file = cache / (hashlib.sha1(key.encode()).hexdigest() + ".json")
        file.write_text(json.dumps({"accessToken": "TOKEN", "expiresAt": "2026-01-01T00:30:00UTC"}))
        assert setting.chain(AWS_PROFILE=profile).get() == Credentials("SSO", "S", "T", NOW + 900)
        assert setting.asked[-1].headers["x-amz-sso_bearer_token"] == "TOKEN"
        file.write_text(json.dumps({"accessToken": "TOKEN", "expiresAt": "2025-12-31T00:30:00Z"}))
        with pytest.raises(UserError, match="run out"):
            setting.chain(AWS_PROFILE=profile).get()


def test_a_process(setting):
    script = setting.home / "keys.py"
    script.write_text("import json, os; print(json.dumps({'Version': 1, 'AccessKeyId': os.environ['WHO'], 'SecretAccessKey': 'S', 'SessionToken': 'T'}))")
    setting.config(f"[default]\ncredential_process = '{sys.executable}' '{script}'\n")
    assert setting.chain(WHO="me").get() == Credentials("me", "S", "T")
    with pytest.raises(UserError, match="ended with 1"):
        setting.chain().get()
    script.write_text("print('secret')")
    with pytest.raises(UserError, match="did not give") as raised:
        setting.chain().get()
    assert "secret" not in str(raised.value)


def test_the_container(setting):
    setting.services["http://169.254.170.2/v2/x"] = document("ECS")
    assert setting.chain(AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="/v2/x").get().access_key == "ECS"
    (setting.home / "token").write_text("AUTH\n")
    setting.services["http://169.254.170.23/v1"] = document("EKS")
    assert setting.chain(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://169.254.170.23/v1", AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(setting.home / "token")).get().access_key == "EKS"
    assert setting.asked[-1].headers["Authorization"] == "AUTH"
    for address in ("http://evil.example/v1", "http://[::1/v1"):
        with pytest.raises(UserError, match="neither https nor"):
            setting.chain(AWS_CONTAINER_CREDENTIALS_FULL_URI=address).get()


@pytest.mark.parametrize("version", [1, 2])
def test_the_machine(setting, version):
    folder = "http://169.254.169.254/latest/meta-data/iam/security-credentials/"
    setting.services = {"http://169.254.169.254/latest/api/token": b"TOKEN" if version == 2 else Response(404, Headers(), b""),
                        folder + "role": lambda request: document() if request.headers.get("X-aws-ec2-metadata-token") == ("TOKEN" if version == 2 else None) else Response(401, Headers(), b""),
                        folder: b"role\n"}
    assert setting.chain().get() == Credentials("META", "S", "T", NOW + 6 * 3600)


def test_credentials_are_renewed_before_they_run_out(setting):
    hours = iter(range(1, 9))
    setting.services["http://169.254.170.2/"] = lambda request: document(f"K{(hour := next(hours))}", f"2026-01-01T{hour:02}:00:00Z")
    chain = setting.chain(AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="/x")
    seen = []
    for minute in range(0, 180, 5):
        setting.at = NOW + minute * 60
        seen.append(chain.get())
        assert seen[-1].expires > setting.at + 600 - 1
    assert len({one.access_key for one in seen}) == 4
    setting.services.clear()
    setting.at = seen[-1].expires - 300
    assert chain.get() == seen[-1]      # they still hold, although no new ones are to be had
    setting.at = seen[-1].expires
    with pytest.raises(UserError):
        chain.get()


def test_keys_that_were_changed_on_disk(setting):
    setting.keys("[default]\naws_access_key_id = ONE\naws_secret_access_key = S\n")
    chain = setting.chain()
    assert chain.get().access_key == "ONE" and not chain.renew()
    setting.keys("[default]\naws_access_key_id = TWO\naws_secret_access_key = S\n")
    assert chain.renew() and chain.get().access_key == "TWO"
