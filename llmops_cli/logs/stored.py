"""What a log keeps in files of their own: large bodies, that the log names by an s3:// address."""

import json
import os
from typing import Any

from .. import storage
from ..errors import DamagedInput, UserError

FARTHEST = 4            # folders above a log that are looked in
LARGEST = 64 << 20      # bytes of a body


def body(address: str, log: str) -> Any:
    """The body that a log names, None when it cannot be had.

    Of a log on this machine it is looked for beside it: a copy of a bucket, or of a part of it, has the body under the end of
    its address. Of a log in a bucket it is read from that bucket, and from no other: a log does not say what else to open.
    """
    bucket, _, key = address.removeprefix("s3://").partition("/")
    if not address.startswith("s3://") or not key or ".." in key.split("/"):
        return None
    if storage.is_remote(log):
        return _read(address) if log.startswith(f"s3://{bucket}/") else None
    parts = [bucket, *key.split("/")]
    folder = os.path.dirname(os.path.abspath(log))
    for _ in range(FARTHEST):
        for start in range(len(parts)):
            path = os.path.join(folder, *parts[start:])
            if os.path.isfile(path):
                return _read(path)
        folder = os.path.dirname(folder)
    return None


def _read(address: str) -> Any:
    try:
        with storage.open_source(address).stream as stream:
            text = stream.read(LARGEST + 1)
        return json.loads(text) if len(text) <= LARGEST else None
    except (UserError, DamagedInput, OSError, ValueError, RecursionError):
        return None     # told of with the other bodies that are not there
