"""Credentials that have to be fetched: by profile, from STS, SSO, a process, the container's or the machine's own service."""

import hashlib
import os
import re
from html import unescape
from typing import TYPE_CHECKING, Mapping
from urllib.parse import urlencode, urlsplit

from ..errors import UserError
from ..wire import Request, Response, TransportError
from .credentials import Credentials, from_document, from_environment, read_json, seconds_of
from .errors import explain, is_worth_another_try
from .signing import Signer

if TYPE_CHECKING:
    from .credentials import Chain

METADATA_SECONDS = 2.0      # for an answer of the machine's own service
FETCH_SECONDS = 20.0        # for one of STS or SSO
TRIES = 3
_CONTAINER_HOSTS = {"169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost", "127.0.0.1", "::1"}


def from_profile(chain: "Chain", name: str, seen: tuple[str, ...] = ()) -> Credentials | None:
    """What a profile says: a role to assume, web identity, single sign-on, keys, a process; None when it says nothing."""
    profile = chain.profiles.expect(name)
    if role := profile.get("role_arn"):
        if profile.get("web_identity_token_file"):
            return from_web_identity(chain, role, profile["web_identity_token_file"], profile.get("role_session_name", ""))
        return _assumed(chain, name, profile, seen)
    if profile.get("sso_start_url") or profile.get("sso_session"):
        return _signed_on(chain, name, profile)
    return _keys(profile, name) or _from_process(chain, profile)


def _keys(profile: Mapping[str, str], name: str) -> Credentials | None:
    if not profile.get("aws_access_key_id"):
        return None
    if not profile.get("aws_secret_access_key"):
        raise UserError(f"AWS profile {name!r} has an access key and no secret key", hint="aws configure sets both")
    return Credentials(profile["aws_access_key_id"], profile["aws_secret_access_key"], profile.get("aws_session_token", ""))


def _from_process(chain: "Chain", profile: Mapping[str, str]) -> Credentials | None:
    command = profile.get("credential_process")
    if not command:
        return None
    import shlex
    import subprocess
    try:
        done = subprocess.run(shlex.split(command), stdin=subprocess.DEVNULL, capture_output=True, timeout=60, env=dict(chain.world.environ))
    except (OSError, ValueError, subprocess.TimeoutExpired):
        raise UserError("credential_process cannot be run, or does not end", hint="run it by hand") from None
    if done.returncode:
        raise UserError(f"credential_process ended with {done.returncode}", hint="run it by hand")
    return from_document(read_json(done.stdout), "credential_process", token="SessionToken")


# Roles ----------------------------------------------------------------------------------------------------------------

def _assumed(chain: "Chain", name: str, profile: Mapping[str, str], seen: tuple[str, ...]) -> Credentials:
    source, kind = profile.get("source_profile"), profile.get("credential_source")
    if name in seen:
        raise UserError(f"AWS profile {name!r} is its own source in the end", hint="a source_profile must lead to keys")
    if profile.get("mfa_serial"):
        raise UserError(f"AWS profile {name!r} asks for a code of a device", hint="aws sts get-session-token gives keys for the environment")
    if source:
        own = _keys(chain.profiles.settings(name), name) if source == name else None
        given = own or from_profile(chain, source, (*seen, name))
    else:
        given = {"Environment": lambda: from_environment(chain.world.environ), "Ec2InstanceMetadata": lambda: from_instance(chain),
                 "EcsContainer": lambda: from_container(chain)}.get(kind or "", lambda: None)()
    if given is None:
        raise UserError(f"AWS profile {name!r} has a role and no credentials to assume it with", hint="source_profile or credential_source")
    region = chain.region or profile.get("region") or "us-east-1"
    fields = {"RoleArn": profile["role_arn"], "RoleSessionName": profile.get("role_session_name") or "llmops", "DurationSeconds": profile.get("duration_seconds") or "3600"}
    if profile.get("external_id"):
        fields["ExternalId"] = profile["external_id"]
    return _ask_sts(chain, "AssumeRole", fields, region, given)


def from_web_identity(chain: "Chain", role: str, token_file: str, session: str) -> Credentials | None:
    """A role for the token in a file, as Kubernetes hands them out."""
    if not role or not token_file:
        return None
    fields = {"RoleArn": role, "RoleSessionName": session or "llmops", "WebIdentityToken": _text_of(token_file)}
    return _ask_sts(chain, "AssumeRoleWithWebIdentity", fields, chain.region or "us-east-1", None)


class _Given:
    """Credentials that are there."""

    def __init__(self, credentials: Credentials):
        self._credentials = credentials

    def get(self) -> Credentials:
        return self._credentials

    def renew(self) -> bool:
        return False


def _ask_sts(chain: "Chain", action: str, fields: Mapping[str, str], region: str, given: Credentials | None) -> Credentials:
    environ = chain.world.environ
    suffix = ".cn" if region.startswith("cn-") else ""
    url = environ.get("AWS_ENDPOINT_URL_STS") or environ.get("AWS_ENDPOINT_URL") or f"https://sts.{region}.amazonaws.com{suffix}"
    body = urlencode({"Action": action, "Version": "2011-06-15", **fields}).encode()
    request = Request("POST", url.rstrip("/") + "/", {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, body)
    sign = Signer(_Given(given), region, "sts", chain.world.time) if given else None
    response = _fetched(chain, request, "AWS STS", sign=sign)
    found = {name: unescape(value) for name, value in re.findall(r"<(AccessKeyId|SecretAccessKey|SessionToken|Expiration)>([^<]+)</", response.body.decode("utf-8", "replace"))}
    return from_document(found, "AWS STS", token="SessionToken")


# Single sign-on -------------------------------------------------------------------------------------------------------

def _signed_on(chain: "Chain", name: str, profile: Mapping[str, str]) -> Credentials:
    session = profile.get("sso_session", "")
    settings = {**profile, **chain.profiles.sso_sessions.get(session, {})} if session else profile
    hint = f"aws sso login --profile {name}"
    region, account, role = settings.get("sso_region"), profile.get("sso_account_id"), profile.get("sso_role_name")
    if not region or not account or not role:
        raise UserError(f"AWS profile {name!r} lacks sso_region, sso_account_id or sso_role_name", hint="aws configure sso")
    cached = hashlib.sha1((session or settings.get("sso_start_url", "")).encode()).hexdigest() + ".json"
    try:
        with open(os.path.join(chain.profiles.home, ".aws", "sso", "cache", cached), encoding="utf-8") as file:
            document = read_json(file.read())
        token, expires = document["accessToken"], seconds_of(document["expiresAt"])
    except (OSError, KeyError, TypeError, ValueError):
        raise UserError("nobody is signed on to AWS", hint=hint) from None
    if expires <= chain.world.time():
        raise UserError("the sign-on to AWS has run out", hint=hint)
    base = chain.world.environ.get("AWS_ENDPOINT_URL_SSO") or f"https://portal.sso.{region}.amazonaws.com"
    query = urlencode({"role_name": role, "account_id": account})
    response = _fetched(chain, Request("GET", f"{base.rstrip('/')}/federation/credentials?{query}", {"x-amz-sso_bearer_token": token}), "AWS SSO", hint=hint)
    found = response.json()
    found = found.get("roleCredentials") if isinstance(found, dict) else None
    try:
        return Credentials(found["accessKeyId"], found["secretAccessKey"], found["sessionToken"], found["expiration"] / 1000)
    except (KeyError, TypeError):
        raise UserError("did not give AWS credentials", where="AWS SSO", hint=hint) from None


# Services of the container and of the machine -------------------------------------------------------------------------

def from_container(chain: "Chain") -> Credentials | None:
    """From the agent of ECS or EKS that AWS_CONTAINER_CREDENTIALS_… names."""
    environ = chain.world.environ
    if relative := environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"):
        url = "http://169.254.170.2" + relative
    elif url := environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", ""):
        if not url.lower().startswith("https://") and _host_of(url) not in _CONTAINER_HOSTS:
            raise UserError("AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor of this machine", hint="a container's service has an address of its own machine")
    else:
        return None
    token_file = environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    token = _text_of(token_file) if token_file else environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
    response = _fetched(chain, Request("GET", url, {"Accept": "application/json", **({"Authorization": token} if token else {})}), "the container's credentials")
    return from_document(response.json(), "the container's credentials")


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def from_instance(chain: "Chain") -> Credentials | None:
    """From the metadata service of an EC2 machine; None where there is none."""
    environ = chain.world.environ
    if environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
        return None
    base = (environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT") or "http://169.254.169.254").rstrip("/")
    try:
        token = chain.send(Request("PUT", f"{base}/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "21600"}, timeout=METADATA_SECONDS))
        headers = {"X-aws-ec2-metadata-token": token.body.decode("ascii", "replace").strip()} if token.status == 200 else {}
        folder = f"{base}/latest/meta-data/iam/security-credentials/"
        role = chain.send(Request("GET", folder, headers, timeout=METADATA_SECONDS))
        if role.status != 200 or not role.body.strip():
            return None
        name = role.body.decode("ascii", "replace").split()[0]
        response = chain.send(Request("GET", folder + name, headers, timeout=METADATA_SECONDS))
    except TransportError:
        return None
    return from_document(response.json(), "the metadata service") if response.status == 200 else None


# All of them ----------------------------------------------------------------------------------------------------------

def _fetched(chain: "Chain", request: Request, where: str, *, sign: Signer | None = None, hint: str = "") -> Response:
    """An answer that succeeded. UserError when there is none after some tries."""
    request = request._replace(timeout=FETCH_SECONDS)
    for tried in range(1, TRIES + 1):
        try:
            response = chain.send(sign(request) if sign else request)
            if sign and response.status >= 400 and sign.mend(response):
                response = chain.send(sign(request))
        except TransportError as error:
            if not error.retry or tried == TRIES:
                raise error.for_user() from None
        else:
            if response.status == 200:
                return response
            if not is_worth_another_try(response) or tried == TRIES:
                message, advice = explain(response)
                raise UserError(message, where=where, hint=hint or advice)
        chain.world.sleep(chain.world.random() * 0.2 * 4 ** tried)
    raise AssertionError("one of the tries returns or raises")


def _text_of(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except (OSError, UnicodeDecodeError):
        raise UserError("cannot be read: it should hold a token", where=path) from None
