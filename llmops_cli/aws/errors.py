"""What AWS means by an error: its code, whether waiting helps, and how a user may mend it. Its sentences are never shown."""

import re

from ..wire import Response

THROTTLED = {"BandwidthLimitExceeded", "EC2ThrottledException", "PriorRequestNotComplete", "ProvisionedThroughputExceededException", "RequestLimitExceeded",
             "RequestThrottled", "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling", "ThrottlingException",
             "TooManyRequestsException", "TransactionInProgressException"}
PASSING = THROTTLED | {"InternalError", "InternalFailure", "InternalServerException", "ModelNotReadyException", "ModelTimeoutException", "OperationAborted",
                       "RequestTimeout", "RequestTimeoutException", "ServiceUnavailable", "ServiceUnavailableException", "IDPCommunicationError"}
SKEW_CODES = {"AuthFailure", "InvalidSignatureException", "RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed", "SignatureDoesNotMatch"}
EXPIRED_CODES = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"}

_MEANING = {
    "InvalidAccessKeyId": ("AWS does not know this access key", "check AWS_ACCESS_KEY_ID, AWS_PROFILE and ~/.aws/credentials"),
    "InvalidClientTokenId": ("AWS does not know this access key", "check AWS_ACCESS_KEY_ID, AWS_PROFILE and ~/.aws/credentials"),
    "UnrecognizedClientException": ("AWS does not know these credentials", "check AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN and AWS_PROFILE"),
    "SignatureDoesNotMatch": ("the secret key does not belong to the access key", "check AWS_SECRET_ACCESS_KEY for a missing or doubled sign"),
    "InvalidSignatureException": ("the secret key does not belong to the access key", "check AWS_SECRET_ACCESS_KEY for a missing or doubled sign"),
    "RequestTimeTooSkewed": ("the clock of this machine is wrong", "set it: timedatectl set-ntp true"),
    "RequestExpired": ("the clock of this machine is wrong", "set it: timedatectl set-ntp true"),
    "InvalidToken": ("the session token is not valid", "check AWS_SESSION_TOKEN, or log in again"),
    "ExpiredToken": ("the credentials have run out", "log in again: aws sso login, or new keys"),
    "ExpiredTokenException": ("the credentials have run out", "log in again: aws sso login, or new keys"),
    "AccessDenied": ("access is denied", "the role or user needs a policy that allows it"),
    "AccessDeniedException": ("access is denied", "the role or user needs a policy that allows it"),
    "InvalidObjectState": ("the object is archived (Glacier)", "have it restored first: aws s3api restore-object"),
    "NoSuchBucket": ("there is no such bucket", "check its name and the account"),
    "PermanentRedirect": ("the bucket is in another region", "set AWS_REGION to that region"),
    "AuthorizationHeaderMalformed": ("the bucket is in another region", "set AWS_REGION to that region"),
}


def code_of(response: Response) -> str:
    """The error's code, from the header, JSON or XML that it came in; "" when there is none."""
    name = response.headers.get("x-amzn-errortype", "") or response.headers.get("x-amz-error-code", "")
    if not name and response.body[:1] == b"{":
        body = response.json()
        if isinstance(body, dict):
            name = next((value for key in ("__type", "code", "Code") if isinstance(value := body.get(key), str)), "")
    if not name and b"<Code>" in response.body[:4096]:
        name = response.body.partition(b"<Code>")[2].partition(b"<")[0].decode("ascii", "replace")
    name = name.partition(":")[0].rpartition("#")[2].strip()
    return name if re.fullmatch(r"[A-Za-z0-9._-]{1,80}", name) else ""


def is_throttled(response: Response) -> bool:
    """Whether it says "too fast"."""
    return response.status == 429 or code_of(response) in THROTTLED


def is_worth_another_try(response: Response) -> bool:
    """Whether the same request may succeed later."""
    return response.status in (408, 429) or response.status >= 500 or code_of(response) in PASSING


def explain(response: Response) -> tuple[str, str]:
    """(what went wrong, how to mend it) in our words, with the code."""
    code = code_of(response)
    message, hint = _MEANING.get(code, ("", ""))
    if not message:
        message, hint = {401: ("the credentials were refused", "check them"), 403: ("access is denied", "the role or user needs a policy that allows it"),
                         404: ("not found", "check the spelling")}.get(response.status, ("the server refused the request", ""))
    return f"{message} ({code or response.status})", hint
