"""Writing an object: in one piece when it is small, else in parts that become one object at the end, or never."""

import io
import re
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import md5

from ..errors import UserError
from .s3_client import Place, S3Client

PART = 8 << 20          # bytes of a part; larger ones from the thousandth on, so that 10,000 parts are always enough
AT_ONCE = 3             # parts that travel side by side: what is held is one more


class Upload(io.RawIOBase):
    """A stream that collects what is written. `publish` makes it the object, `abandon` leaves no trace of it."""

    def __init__(self, client: S3Client, place: Place):
        self._client, self._place = client, place
        self._pieces: list[bytes] = []
        self._held = self._written = 0
        self._id = ""
        self._parts: deque[Future[str]] = deque()
        self._etags: list[str] = []
        self._number = 0
        self._pool: ThreadPoolExecutor | None = None
        self._given_up = False

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        if self._given_up:
            return len(data)        # a compressor that is closed after a failure has something to say still
        view = memoryview(data).cast("B")
        self._written += len(view)
        while view:
            size = PART << self._number // 1000
            if self._held == size:      # there is more than this part: only now it is sure that there are parts
                self._send(b"".join(self._pieces))
                self._pieces, self._held = [], 0
                continue
            piece = bytes(view[:size - self._held])
            self._pieces.append(piece)
            self._held += len(piece)
            view = view[len(piece):]
        return len(data)

    def _send(self, part: bytes) -> None:
        """Have a part sent while more is written; waits when enough are under way."""
        if self._pool is None:
            response = self._client.ask("POST", self._place, {"uploads": ""}, self._client.encryption)
            found = re.search(rb"<UploadId>([^<]+)</UploadId>", response.body)
            if not found:
                raise UserError("the server began no upload", where=self._place.address, hint="check AWS_ENDPOINT_URL")
            self._id = found[1].decode()
            self._pool = ThreadPoolExecutor(AT_ONCE)
        if len(self._parts) >= AT_ONCE:
            self._etags.append(self._parts.popleft().result())
        self._number += 1
        self._parts.append(self._pool.submit(self._send_part, self._number, part))

    def _send_part(self, number: int, part: bytes) -> str:
        response = self._client.ask("PUT", self._place, {"partNumber": str(number), "uploadId": self._id}, body=part)
        return response.headers.get("etag", "")

    def publish(self) -> None:
        """Make what was written the object, all at once."""
        rest = b"".join(self._pieces)
        self._pieces = []
        if self._pool is None:
            self._client.ask("PUT", self._place, headers=self._client.encryption, body=rest)
        else:
            if rest:
                self._send(rest)
            while self._parts:
                self._etags.append(self._parts.popleft().result())
            self._complete()
            self._pool.shutdown()
        self._given_up = True
        self.close()

    def _complete(self) -> None:
        listed = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>" for number, etag in enumerate(self._etags, 1))
        body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
        response = self._client.ask("POST", self._place, {"uploadId": self._id}, {"Content-Type": "application/xml"}, body, fine=(404,))
        if response.status < 300 and b"<Error>" not in response.body:
            return
        if response.status == 404 and self._is_there():      # it had arrived, and its answer had not
            return
        raise UserError("the parts could not be put together", where=self._place.address, hint="run it again")

    def _is_there(self) -> bool:
        """Whether the object is the one that these parts make: its mark is the hash of their hashes, or, encrypted with a key
        of KMS, at least its size and the number of its parts are right."""
        response = self._client.ask("HEAD", self._place, fine=(404,))
        mark, count = response.headers.get("etag", "").strip('"'), f"-{len(self._etags)}"
        if response.headers.get("x-amz-server-side-encryption", "").startswith("aws:kms"):
            return mark.endswith(count) and response.headers.get("content-length") == str(self._written)
        hashes = "".join(etag.strip('"') for etag in self._etags)
        return re.fullmatch(r"(?:[0-9a-f]{32})+", hashes) is not None and mark == md5(bytes.fromhex(hashes), usedforsecurity=False).hexdigest() + count

    def abandon(self) -> None:
        """Forget what was written. Parts that cannot be taken away stay invisible; a lifecycle rule of the bucket clears them."""
        self._given_up, self._pieces = True, []
        if self._pool:
            for part in self._parts:
                part.cancel()
            self._pool.shutdown(wait=True)
            try:
                self._client.ask("DELETE", self._place, {"uploadId": self._id}, fine=(404,))
            except UserError:
                pass        # what went wrong before is what the user has to hear of
        self.close()
