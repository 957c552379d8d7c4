"""Requests to S3: addresses, signatures, tries, redirects to a bucket's own region, errors in a line.

Works with AWS and with servers that speak its language (AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL; the bucket then stands in the
path). LLMOPS_S3_SSE (`AES256` or `aws:kms`) and LLMOPS_S3_SSE_KMS_KEY_ID ask for encryption at rest.
"""

import re
from typing import Mapping, NamedTuple
from urllib.parse import quote

from .. import aws
from ..errors import UserError
from ..llm.retry import Client, Patience
from ..llm.transport import Urllib
from ..wire import Request, Response, TransportError, World

PATIENCE_SECONDS, ANSWER_SECONDS = 18.0, 60.0       # without any success; until one answer begins
SLOW_PATIENCE_SECONDS, PART_SECONDS = 120.0, 300.0  # the same for what takes its time: parts, and putting them together
ANSWER_LIMIT = 64_000_000                           # bytes of an answer that is not an object
_PLAIN_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")      # one that can stand in a host name


class Place(NamedTuple):
    """A bucket and a key, both literal."""

    bucket: str
    key: str

    @property
    def address(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def place_of(address: str) -> Place:
    """The bucket and key of an address; nothing in a key is decoded.

    >>> place_of("s3://logs/a b/c+d%20.jsonl")
    Place(bucket='logs', key='a b/c+d%20.jsonl')
    """
    bucket, _, key = address.removeprefix("s3://").partition("/")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}", bucket):
        raise UserError("not an address of S3", where=address, hint="as in s3://bucket/folder/file.jsonl")
    return Place(bucket, key)


class S3Client:
    """Sends requests about objects, and answers with what S3 answered."""

    def __init__(self, world: World):
        self._world = world
        environ = world.environ
        self._endpoint = (environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL") or "").rstrip("/")
        self._home = aws.region_of(world) or "us-east-1"
        self._wire = Urllib(environ, world.now, insecure=self._endpoint.startswith("http:"), limit=ANSWER_LIMIT)
        self._regions: dict[str, str] = {}          # of buckets that are elsewhere
        self._signers: dict[str, aws.Signer] = {}
        self._quick = Client(self._send, world, patience=Patience(world.now, PATIENCE_SECONDS), call_seconds=ANSWER_SECONDS)
        self._slow = Client(self._send, world, patience=Patience(world.now, SLOW_PATIENCE_SECONDS), call_seconds=PART_SECONDS)
        self.encryption = _encryption(environ)

    def ask(self, method: str, place: Place, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
            body: bytes = b"", *, fine: tuple[int, ...] = ()) -> Response:
        """The answer. The body of an object that is got is a stream; statuses of `fine` are
        answers too, all other refusals a UserError that names the object."""
        words = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted((query or {}).items()))
        client = self._slow if len(body) > 1_000_000 or (method == "POST" and body) else self._quick
        for followed in (False, True):
            region = self._regions.get(place.bucket, self._home)
            sign = self._signer(region)
            url = url_of(self._endpoint, place, region) + (f"?{words}" if words else "")

            def make() -> Request:
                return sign(Request(method, url, headers or {}, body))
            try:
                response = client.send(make, check=_worth_another_try, mend=sign.mend).response
            except TransportError as error:
                raise UserError(error.message, where=place.address, hint=error.hint + (f" ({error.where})" if error.where else "")) from None
            if response.status < 300 or response.status in fine:
                return response
            elsewhere = _region_told(response)
            if followed or not elsewhere or elsewhere == region:
                break
            self._regions[place.bucket] = elsewhere
            self._world.say(f"s3://{place.bucket} is in {elsewhere}, not in {region}: AWS_REGION={elsewhere} saves the detour")
        raise self.refused(response, place)

    def refused(self, response: Response, place: Place) -> UserError:
        """A refusal as a line for the user."""
        code = aws.code_of(response)
        if response.status == 404 and code != "NoSuchBucket":
            return UserError("there is no such object", where=place.address, hint="check the spelling; every letter of a key counts")
        if response.status == 412:
            return UserError("was changed by somebody else meanwhile", where=place.address, hint="run it again")
        message, hint = aws.explain(response)
        return UserError(message, where=place.address, hint=hint)

    def _send(self, request: Request) -> Response:
        """The transport that tries use: what succeeds is handed on as a stream."""
        opened = self._wire.open(request)
        if opened.status < 300 and request.method == "GET":
            return Response(opened.status, opened.headers, opened.stream)
        return Response(opened.status, opened.headers, opened.stream.whole(ANSWER_LIMIT))

    def _signer(self, region: str) -> aws.Signer:
        if region not in self._signers:
            self._signers[region] = aws.signer(self._world, "s3", region=region, send=self._wire)
        return self._signers[region]


def url_of(endpoint: str, place: Place, region: str) -> str:
    """Where an object is asked for: in the bucket's own host at AWS, unless its name cannot stand in one.

    >>> url_of("", Place("logs", "a b+c"), "eu-north-1"), url_of("", Place("my.logs", "k"), "us-east-1")
    ('https://logs.s3.eu-north-1.amazonaws.com/a%20b%2Bc', 'https://s3.us-east-1.amazonaws.com/my.logs/k')
    >>> url_of("http://localhost:9000", Place("logs", ""), "us-east-1")
    'http://localhost:9000/logs'
    """
    path = quote(place.key, safe="/-_.~")
    host = f"s3.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")
    if not endpoint and _PLAIN_BUCKET.fullmatch(place.bucket):
        return f"https://{place.bucket}.{host}/{path}"
    return f"{endpoint or 'https://' + host}/{place.bucket}" + (f"/{path}" if path else "")


def _encryption(environ: Mapping[str, str]) -> dict[str, str]:
    """Headers that ask for encryption at rest."""
    kind, key = environ.get("LLMOPS_S3_SSE", ""), environ.get("LLMOPS_S3_SSE_KMS_KEY_ID", "")
    if key and not kind:
        kind = "aws:kms"
    if kind not in ("", "AES256", "aws:kms", "aws:kms:dsse") or (key and kind == "AES256"):
        raise UserError(f"LLMOPS_S3_SSE cannot be {kind!r}" + (" with a key" if key else ""), hint="AES256, or aws:kms with LLMOPS_S3_SSE_KMS_KEY_ID")
    return {**({"x-amz-server-side-encryption": kind} if kind else {}), **({"x-amz-server-side-encryption-aws-kms-key-id": key} if key else {})}


def _worth_another_try(response: Response) -> bool | None:
    if response.status == 501:      # the server cannot do that, now or later
        return False
    # Copies, and parts that are put together, take their time: the status is sent before it is known how they end.
    failed = response.status >= 400 or response.body.__class__ is bytes and b"<Error>" in response.body
    return True if failed and aws.is_worth_another_try(response) else None


def _region_told(response: Response) -> str:
    """The region that a refusal says the bucket is in, "" when it does not."""
    if response.status not in (301, 307, 400, 403):
        return ""
    told = response.headers.get("x-amz-bucket-region", "")
    if not told and aws.code_of(response) == "AuthorizationHeaderMalformed":
        told = response.body.partition(b"<Region>")[2].partition(b"<")[0].decode("ascii", "replace")
    return told if re.fullmatch(r"[a-z0-9-]{1,40}", told) else ""
