"""Objects of S3 as files: read as streams that survive cut connections, written whole or not at all, listed without end."""

import io
from contextlib import contextmanager
from typing import BinaryIO, Callable, Iterator
from urllib.parse import quote, unquote_plus

from ..errors import UserError
from ..wire import Response, TransportError, World
from .entry import Entry
from .s3_client import Place, S3Client, place_of
from .s3_upload import Upload

BLOCK = 1 << 18
RESUMED = 8             # times in a row that a read may be cut without a byte between
_LISTED = ("Key", "Size", "ETag", "LastModified")


class Store:
    """The objects that an environment's credentials reach."""

    def __init__(self, world: World):
        self._client = S3Client(world)

    def open_for_reading(self, address: str, on_wait: Callable[[], None] | None) -> tuple[str, BinaryIO, int | None]:
        """(name for messages, stream that can `peek`, size in bytes)."""
        place = _a_file(address)
        stream = _Object(self._client, place, self._client.ask("GET", place))
        return address, io.BufferedReader(stream, BLOCK), stream.size

    @contextmanager
    def create(self, address: str, private: bool = False) -> Iterator[BinaryIO]:
        """A stream that becomes the object when the block ends well, and nothing when it does not. Who may read an object is
        the bucket's affair: `private` changes nothing."""
        upload = Upload(self._client, _a_file(address))
        try:
            yield upload
            upload.publish()
        except BaseException:
            upload.abandon()
            raise

    def create_new(self, address: str, data: bytes) -> bool:
        """Write a small object unless there is one with other content. False when there is: nothing was changed then."""
        return bool(self._put_if(address, data, {"If-None-Match": "*"}))

    def replace(self, address: str, data: bytes, etag: str) -> str:
        """Write a small object in the place of the one with that mark: its own mark, "" when another stands there."""
        return self._put_if(address, data, {"If-Match": etag})

    def _put_if(self, address: str, data: bytes, condition: dict[str, str]) -> str:
        """The mark of what was written, "" when the condition does not hold."""
        response = self._client.ask("PUT", _a_file(address), headers={**condition, **self._client.encryption}, body=data, fine=(404, 409, 412))
        if response.status < 300:
            return response.headers.get("etag", "") or "written"
        if response.status == 404 and "If-Match" not in condition:
            raise self._client.refused(response, _a_file(address))
        found = self.about(address)      # it may be ours: a request can arrive although its answer is lost on the way
        if found is None or found.size != len(data):
            return ""
        with self.open_for_reading(address, None)[1] as stream:
            return found.etag if stream.read() == data else ""

    def copy(self, source: str, target: str) -> bool:
        """Have S3 copy an object (of up to 5 GB) without its bytes passing here; False when there is none."""
        place = _a_file(source)
        origin = quote(f"/{place.bucket}/{place.key}", safe="/-_.~")
        response = self._client.ask("PUT", _a_file(target), headers={"x-amz-copy-source": origin, **self._client.encryption}, fine=(404,))
        if response.status < 300 and b"<Error>" in response.body:       # said after the status was sent
            raise UserError("could not be copied", where=source, hint="run again: what is done is not done twice")
        return response.status < 300

    def about(self, address: str) -> Entry | None:
        """What is known of an object, None when there is none."""
        response = self._client.ask("HEAD", _a_file(address), fine=(404,))
        if response.status == 404:
            return None
        from email.utils import parsedate_to_datetime
        headers = response.headers
        return Entry(address, int(headers.get("content-length", "0")), headers.get("etag", ""), parsedate_to_datetime(headers["last-modified"]).timestamp() if "last-modified" in headers else 0.0)

    def delete(self, address: str) -> None:
        """Take an object away; it is no error when there is none."""
        self._client.ask("DELETE", _a_file(address), fine=(404,))

    def entries(self, address: str) -> Iterator[Entry]:
        """Every object whose address begins so, in the order of their keys, however many there are."""
        place = place_of(address)
        query = {"list-type": "2", "prefix": place.key, "encoding-type": "url"}
        from datetime import datetime
        while True:
            response = self._client.ask("GET", Place(place.bucket, ""), query)
            with response.body as stream:
                listing = _Listing(stream.readall(), address)
            for key, size, etag, changed in listing.objects:
                yield Entry(f"s3://{place.bucket}/{key}", int(size), etag, datetime.fromisoformat(changed).timestamp())
            if not listing.more:
                return
            query["continuation-token"] = listing.more


class _Listing:
    """A page of a listing: its objects, and the token of the next page, "" on the last."""

    def __init__(self, document: bytes, address: str):
        from xml.etree import ElementTree
        try:
            root = ElementTree.fromstring(document)
        except ElementTree.ParseError:
            raise UserError("the listing is not one of S3", where=address, hint="check AWS_ENDPOINT_URL") from None
        space = root.tag.partition("}")[0] + "}" if root.tag.startswith("{") else ""
        encoded = root.findtext(f"{space}EncodingType") == "url"
        self.objects = []
        for one in root.iter(f"{space}Contents"):
            key, *rest = (one.findtext(space + name, "") for name in _LISTED)
            self.objects.append((unquote_plus(key) if encoded else key, *rest))
        more = root.findtext(f"{space}IsTruncated") == "true"
        self.more = root.findtext(f"{space}NextContinuationToken", "") if more else ""


def _a_file(address: str) -> Place:
    place = place_of(address)
    if not place.key or place.key.endswith("/"):
        raise UserError("is a folder, not a file", where=address, hint="name the objects in it")
    return place


class _Object(io.RawIOBase):
    """The bytes of an object. A connection that is cut is taken up again where it ended, of the same version of the object."""

    def __init__(self, client: S3Client, place: Place, response: Response):
        self._client, self._place, self._at, self._cuts = client, place, 0, 0
        self._stream = response.body
        length = response.headers.get("content-length", "")
        self.size = int(length) if length.isdigit() else None
        self._version = response.headers.get("etag", "")

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()

    def readinto(self, buffer) -> int:
        while True:
            try:
                count = self._stream.readinto(buffer)
            except TransportError as error:
                self._cuts += 1
                if not error.retry or self._cuts > RESUMED:
                    raise UserError(error.message, where=self._place.address, hint=error.hint) from None
                self._resume()
                continue
            if count:
                self._cuts = 0
                self._at += count
            elif self.size is not None and self._at != self.size:
                raise UserError("ended before its end", where=self._place.address, hint="run it again")
            return count

    def _resume(self) -> None:
        headers = {"Range": f"bytes={self._at}-"}
        if self._version:
            headers["If-Match"] = self._version
        if self._at == 0:
            del headers["Range"]
        elif self._at == self.size:
            self._stream = io.BytesIO()
            return
        response = self._client.ask("GET", self._place, headers=headers)
        told = response.headers.get("content-range", "")
        if self._at and (response.status != 206 or not told.startswith(f"bytes {self._at}-")):
            response.body.close()
            raise UserError("the server cannot take up a read where it was cut", where=self._place.address, hint="copy the object to a file first")
        self._stream = response.body
