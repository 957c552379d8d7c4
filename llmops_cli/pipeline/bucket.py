"""The objects of a lake in a remote store, by their path in the lake."""

from datetime import datetime, timezone
from typing import Iterator

from .. import storage
from .remote import Object


class Objects:
    """What lies below `s3://bucket/prefix`."""

    def __init__(self, address: str):
        self.address = address.rstrip("/")

    def _of(self, key: str) -> str:
        return f"{self.address}/{key}"

    def list(self, prefix: str) -> Iterator[Object]:
        for entry in storage.entries(self._of(prefix)):
            yield Object(entry.address[len(self.address) + 1:], entry.size, entry.etag, datetime.fromtimestamp(entry.changed, timezone.utc).date().isoformat())

    def get(self, key: str, path: str) -> None:
        storage.fetch(self._of(key), path)

    def put(self, key: str, path: str) -> None:
        storage.send(path, self._of(key))

    def read(self, key: str) -> tuple[bytes, str] | None:
        about = storage.about(self._of(key))
        if about is None:
            return None
        with storage.open_source(self._of(key)).stream as stream:
            return stream.read(), about.etag

    def write(self, key: str, data: bytes, *, absent: bool = False, etag: str = "") -> str | None:
        address = self._of(key)
        if etag:
            return storage.replace(address, data, etag) or None
        if absent:
            if not storage.create_new(address, data):
                return None
        else:
            with storage.create(address) as stream:
                stream.write(data)
        about = storage.about(address)
        return about.etag if about else None

    def copy(self, source: str, target: str) -> None:
        if not storage.copy(self._of(source), self._of(target)):
            raise FileNotFoundError(source)

    def delete(self, key: str) -> None:
        storage.delete(self._of(key))
