"""Roles from moto's STS, as profiles and web identity ask for them."""

import random
import time

import pytest

from llmops_cli.aws import Chain
from llmops_cli.llm.transport import Urllib
from llmops_cli.wire import World

from . import moto

pytestmark = pytest.mark.skipif(not moto.installed(), reason="moto_server is not installed: tests/peers/run installs it")


@pytest.fixture(scope="module")
def aws():
    with moto.serving() as environ:
        yield environ


def chain(environ: dict[str, str]) -> Chain:
    return Chain(World(environ, time.time, time.monotonic, time.sleep, random.random), Urllib(environ, time.monotonic), "us-east-1")


def test_a_role_of_a_profile(aws, tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[profile role]\nrole_arn = arn:aws:iam::123456789012:role/reader\nsource_profile = keys\n"
                                              "[profile keys]\naws_access_key_id = testing\naws_secret_access_key = testing\n")
    found = chain({"HOME": str(tmp_path), "AWS_PROFILE": "role", "AWS_ENDPOINT_URL_STS": aws["AWS_ENDPOINT_URL"]}).get()
    assert found.access_key.startswith("ASIA") and found.token and 3000 < found.expires - time.time() < 3700


def test_web_identity(aws, tmp_path):
    (tmp_path / "token").write_text("token")
    environ = {"HOME": str(tmp_path), "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/reader", "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token"),
               "AWS_ENDPOINT_URL_STS": aws["AWS_ENDPOINT_URL"]}
    assert chain(environ).get().access_key.startswith("ASIA")
