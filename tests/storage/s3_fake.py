"""A small S3 in this process: path style, ranges, parts, conditions, listings; and the faults that a test asks for."""

import hashlib
import re
import socket
import struct
import threading
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Iterator
from urllib.parse import parse_qsl, quote_plus, unquote, urlsplit

MOMENT = 1_767_225_600.0


class Bucket:
    """What is in the one bucket, what was asked, and what goes wrong: `fault(method, key, query)` says "" (nothing), "503",
    "cut" before, "cut after" the work, "half" of the answer, or is (status, headers, code)."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, tuple[str, dict[int, bytes]]] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.fault: Callable[[str, str, dict[str, str]], Any] = lambda method, key, query: ""
        self.page = 1000
        self.ranges = True
        self.lock = threading.Lock()
        self.url = ""

    def environ(self, **more: str) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL_S3": self.url, "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B", "AWS_REGION": "eu-central-1", **more}


def etag_of(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    bucket: Bucket

    def log_message(self, *_: object) -> None:
        pass

    def work(self) -> None:
        bucket = self.bucket
        parts = urlsplit(self.path)
        name, _, key = unquote(parts.path).removeprefix("/").partition("/")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with bucket.lock:
            bucket.requests.append((self.command, key, query))
            bucket.headers[f"{self.command} {key}"] = dict(self.headers)
            fault = bucket.fault(self.command, key, query)
        if fault == "cut":
            return self.cut()
        if fault == "503":
            fault = (503, {}, "SlowDown")
        signed = hashlib.sha256(body).hexdigest() == self.headers.get("X-Amz-Content-SHA256") and "Signature=" in self.headers.get("Authorization", "")
        if isinstance(fault, tuple):
            status, headers, text = fault[0], fault[1], error(fault[2])
        elif not signed:
            status, headers, text = 403, {}, error("SignatureDoesNotMatch")
        elif name != "bucket":
            status, headers, text = 404, {}, error("NoSuchBucket")
        else:
            with bucket.lock:
                status, headers, text = self.answer(key, query, body)
        if fault == "cut after":
            return self.cut()
        self.send_response_only(status)
        for header, value in {"Date": formatdate(MOMENT, usegmt=True), "Content-Length": str(len(text)), **headers}.items():
            self.send_header(header, value)
        self.end_headers()
        if self.command != "HEAD" and isinstance(fault, float):
            self.wfile.write(text[:int(len(text) * fault)])
            return self.cut()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = work

    def cut(self) -> None:
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def answer(self, key: str, query: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        bucket = self.bucket
        if self.command == "GET" and query.get("list-type") == "2":
            return 200, {}, self.listing(query)
        if self.command in ("GET", "HEAD"):
            return self.read(key)
        if self.command == "PUT" and "uploadId" in query:
            if query["uploadId"] not in bucket.uploads:
                return 404, {}, error("NoSuchUpload")
            bucket.uploads[query["uploadId"]][1][int(query["partNumber"])] = body
            return 200, {"ETag": etag_of(body)}, b""
        if self.command == "PUT":
            if "If-Match" in self.headers and key not in bucket.objects:
                return 404, {}, error("NoSuchKey")
            if "If-Match" in self.headers and etag_of(bucket.objects[key]) != self.headers["If-Match"]:
                return 412, {}, error("PreconditionFailed")
            if "x-amz-copy-source" in self.headers:
                body = bucket.objects.get(unquote(self.headers["x-amz-copy-source"]).partition("/bucket/")[2])
                if body is None:
                    return 404, {}, error("NoSuchKey")
            if self.headers.get("If-None-Match") == "*" and key in bucket.objects:
                return 412, {}, error("PreconditionFailed")
            bucket.objects[key] = body
            return 200, {"ETag": etag_of(body)}, b""
        if self.command == "POST" and "uploads" in query:
            name = f"upload+{len(bucket.requests)}"
            bucket.uploads[name] = key, {}
            return 200, {}, f"<InitiateMultipartUploadResult><UploadId>{name}</UploadId></InitiateMultipartUploadResult>".encode()
        if self.command == "POST":
            return self.complete(key, query["uploadId"], body)
        if "uploadId" in query:
            bucket.uploads.pop(query["uploadId"], None)
        else:
            bucket.objects.pop(key, None)
        return 204, {}, b""

    def complete(self, key: str, upload: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if upload not in self.bucket.uploads:
            return 404, {}, error("NoSuchUpload")
        listed = re.findall(r"<PartNumber>(\d+)</PartNumber><ETag>([^<]+)</ETag>", body.decode())
        _, parts = self.bucket.uploads[upload]
        if any(etag_of(parts.get(int(number), b"")) != etag for number, etag in listed) or any(len(parts[int(number)]) < 5 << 20 for number, _ in listed[:-1]):
            return 400, {}, error("InvalidPart")
        del self.bucket.uploads[upload]
        self.bucket.objects[key] = Joined(b"".join(parts[int(number)] for number, _ in listed))
        hashes = b"".join(hashlib.md5(parts[int(number)]).digest() for number, _ in listed)
        self.bucket.objects[key].etag = f'"{hashlib.md5(hashes).hexdigest()}-{len(listed)}"'
        return 200, {}, b"<CompleteMultipartUploadResult/>"

    def read(self, key: str) -> tuple[int, dict[str, str], bytes]:
        if key not in self.bucket.objects:
            return 404, {}, error("NoSuchKey")
        whole = self.bucket.objects[key]
        etag = whole.etag if isinstance(whole, Joined) else etag_of(whole)
        headers = {"ETag": etag, "Last-Modified": formatdate(MOMENT, usegmt=True)}
        if self.headers.get("If-Match", etag) != etag:
            return 412, headers, error("PreconditionFailed")
        span = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if span and self.bucket.ranges:
            start, end = int(span[1]), int(span[2] or len(whole) - 1)
            if start >= len(whole):
                return 416, headers, error("InvalidRange")
            return 206, {**headers, "Content-Range": f"bytes {start}-{min(end, len(whole) - 1)}/{len(whole)}"}, bytes(whole[start:end + 1])
        return 200, {**headers, "Content-Length": str(len(whole))}, bytes(whole)

    def listing(self, query: dict[str, str]) -> bytes:
        names = sorted(name for name in self.bucket.objects if name.startswith(query.get("prefix", "")) and name > query.get("continuation-token", ""))
        page = names[:self.bucket.page]
        rows = "".join(f"<Contents><Key>{quote_plus(name)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;x&quot;</ETag>"
                       f"<Size>{len(self.bucket.objects[name])}</Size></Contents>" for name in page)
        more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{page[-1]}</NextContinuationToken>" if len(names) > len(page) else "<IsTruncated>false</IsTruncated>"
        return f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType>{more}{rows}</ListBucketResult>'.encode()


class Joined(bytes):
    """An object that was put together of parts."""

    etag = ""


def error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>secret</Message></Error>".encode()


@contextmanager
def serving() -> Iterator[Bucket]:
    """A bucket named `bucket` at `url`."""
    bucket = Bucket()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Its", (Handler,), {"bucket": bucket}))
    server.daemon_threads = True
    server.handle_error = lambda *_: None       # clients that go away are what is tested
    bucket.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    try:
        yield bucket
    finally:
        server.shutdown()
        server.server_close()
