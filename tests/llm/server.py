"""A server of ours that speaks chat completions and Converse, goes wrong at given rates, and keeps a journal of what it was paid.

    python3 -m tests.llm.server --latency 0.05 --fault 500=0.1 --fault cut=0.1      # prints its port
"""

import argparse
import asyncio
import json
import random
import re
import threading
import time
from collections import Counter
from hashlib import blake2b
from urllib.parse import unquote

FENCE = re.compile(r"(?:^([^\n]*)\n)?<<<(\w+)\n(.*?)\n\2>>>", re.S | re.M)
FAULTS = ("500", "429", "malformed", "cut", "hang")
FORMS = ("schema", "tool", "json_object", "plain")


class Server:
    """Serves on loopback, in a thread of its own when used as a context. `faults` gives the rate of each; `forms` are those
    that it takes; `label` makes the label of a text; `reply` replaces a whole answer: (status, headers, body)."""

    def __init__(self, faults=None, *, latency=0.0, seed=1, forms=FORMS, per_second=0.0, label=None, reply=None, key=None, shuffle=False, usage=True):
        self.faults, self.latency, self.forms, self.per_second = dict(faults or {}), latency, forms, per_second
        self.label, self.reply, self.key, self.shuffle, self.usage = label or self.chosen, reply, key, shuffle, usage
        self.random = random.Random(seed)
        self.requests = self.throttled = self.paid = self.input = self.output = 0
        self.texts: Counter = Counter()         # answered, by text
        self.seen: list[dict] = []              # bodies of the last requests
        self.heads: list[str] = []
        self.spoken: Counter = Counter()        # forms asked for
        self._bucket, self._filled = per_second / 20, time.monotonic()
        self._connections: set = set()

    @staticmethod
    def chosen(text: str, labels: list[str]) -> str:
        return labels[blake2b(text.encode("utf-8", "replace")).digest()[0] % len(labels)]

    # As a context ----------------------------------------------------------------------------------------------------

    def __enter__(self) -> "Server":
        self._loop, ready = asyncio.new_event_loop(), threading.Event()

        def serve() -> None:
            asyncio.set_event_loop(self._loop)
            self._loop.run_until_complete(self.start())
            ready.set()
            self._loop.run_forever()
        self._thread = threading.Thread(target=serve, daemon=True)
        self._thread.start()
        ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        def stop() -> None:
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._listening.close()
            self._loop.call_later(0.02, self._loop.stop)
        self._loop.call_soon_threadsafe(stop)
        self._thread.join(5)

    async def start(self, port: int = 0) -> int:
        self._listening = await asyncio.start_server(self._connected, "127.0.0.1", port)
        self.port = self._listening.sockets[0].getsockname()[1]
        return self.port

    @property
    def openai(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def bedrock(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # A connection ----------------------------------------------------------------------------------------------------

    async def _connected(self, reader, writer) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = re.search(rb"(?i)content-length: *(\d+)", head)
                body = await reader.readexactly(int(length[1])) if length else b""
                if not await self._handle(head.decode("latin-1"), body, writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _handle(self, head: str, body: bytes, writer) -> bool:
        method, target, _ = head.split(" ", 2)
        if target == "/journal":
            return self._send(writer, 200, {}, json.dumps(self.journal()).encode())
        self.requests += 1
        request = json.loads(body)
        self.seen = [*self.seen[-99:], request]
        self.heads = [*self.heads[-99:], head]
        if self.latency:
            await asyncio.sleep(self.latency)
        fault = self._fault()
        if fault == "hang":
            await asyncio.sleep(3600)
        if fault == "cut":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"id\": \"x")
            return False
        if fault == "malformed":
            return self._send(writer, 200, {}, b'{"id": "chatcmpl-1", "choices": [{"message": {"role": "assis')
        if fault == "429" or not self._room():
            self.throttled += 1
            return self._send(writer, 429, {"Retry-After": "0"}, self._error(target, "rate_limit_exceeded", "ThrottlingException"))
        if fault == "500":
            return self._send(writer, 500, {}, self._error(target, "server_error", "InternalServerException"))
        if self.key and self.key not in head:
            return self._send(writer, 401, {}, self._error(target, "invalid_api_key", "UnrecognizedClientException", f"Incorrect API key provided: {head}"))
        if self.reply:
            status, headers, made = self.reply(target, request) if callable(self.reply) else self.reply
            return self._send(writer, status, headers, made)
        return self._answer(unquote(target), request, writer)

    def _fault(self) -> str:
        """What goes wrong with a request: each fault is drawn by itself."""
        return next((name for name, rate in self.faults.items() if self.random.random() < rate), "")

    def _room(self) -> bool:
        """Whether a request fits into so many a second."""
        if not self.per_second:
            return True
        now = time.monotonic()
        self._bucket = min(self.per_second / 20, self._bucket + (now - self._filled) * self.per_second)
        self._filled = now
        if self._bucket < 1:
            return False
        self._bucket -= 1
        return True

    def _error(self, target: str, code: str, kind: str, message: str = "as asked for") -> bytes:
        if target.startswith("/model/"):
            return json.dumps({"__type": kind, "message": message}).encode()
        return json.dumps({"error": {"message": message, "type": code, "param": None, "code": code}}).encode()

    def _send(self, writer, status: int, headers: dict, body: bytes) -> bool:
        lines = [f"HTTP/1.1 {status} X", "Content-Type: application/json", f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return True

    # An answer -------------------------------------------------------------------------------------------------------

    def _answer(self, target: str, request: dict, writer) -> bool:
        converse = target.startswith("/model/")
        form, schema = converse_form(request) if converse else openai_form(request)
        self.spoken[form] += 1
        if form not in self.forms:
            return self._send(writer, 400, {}, self._error(target, "invalid_request_error", "ValidationException", f"{form} is not supported"))
        user = request["messages"][-1]["content"]
        made, texts = self.made(user[0]["text"] if converse else user, schema)
        system = request["system"][0]["text"] if converse else request["messages"][0]["content"]
        tokens_in, tokens_out = len(f"{system}{user}".split()) + 7, len(made.split()) + 3
        self.paid, self.input, self.output = self.paid + 1, self.input + tokens_in, self.output + tokens_out
        self.texts.update(texts)
        body = converse_body(made, form, tokens_in, tokens_out) if converse else openai_body(made, form, tokens_in, tokens_out)
        if not self.usage:
            del body["usage"]
        return self._send(writer, 200, {}, json.dumps(body).encode())

    def made(self, user: str, schema: dict) -> tuple[str, list[str]]:
        """The JSON of an answer, and the texts that it is about."""
        found = [(name, text) for name, _, text in FENCE.findall(user)]
        listed = schema["properties"].get("answers")
        one = (listed["items"] if listed else schema)["properties"]
        labels = one["task_category"]["enum"]
        answers = [({"id": name} if listed else {}) | {"task_category": self.label(text, labels), "confidence": 0.9}
                   | ({"reason": "so it reads"} if "reason" in one else {}) for name, text in found]
        if self.shuffle:
            self.random.shuffle(answers)
        return json.dumps({"answers": answers} if listed else answers[0]), [text for _, text in found]

    def journal(self) -> dict:
        """What was asked, and what was paid for."""
        return {"requests": self.requests, "throttled": self.throttled, "paid": self.paid, "input": self.input, "output": self.output,
                "texts": len(self.texts), "twice": sum(1 for times in self.texts.values() if times > 1), "answers": self.texts.total()}


def openai_form(request: dict) -> tuple[str, dict]:
    """How an answer is asked for, and its schema."""
    if "tools" in request:
        return "tool", request["tools"][0]["function"]["parameters"]
    wanted = request.get("response_format", {})
    if wanted.get("type") == "json_schema":
        return "schema", wanted["json_schema"]["schema"]
    return "json_object" if wanted else "plain", json.loads(request["messages"][0]["content"].rpartition("\n")[2])


def converse_form(request: dict) -> tuple[str, dict]:
    if "toolConfig" in request:
        return "tool", request["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"]
    if "outputConfig" in request:
        return "schema", json.loads(request["outputConfig"]["textFormat"]["structure"]["jsonSchema"]["schema"])
    return "plain", json.loads(request["system"][0]["text"].rpartition("\n")[2])


def openai_body(made: str, form: str, tokens_in: int = 1, tokens_out: int = 1) -> dict:
    message = {"role": "assistant", "content": made}
    if form == "tool":
        message = {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function", "function": {"name": "label", "arguments": made}}]}
    return {"id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-4o-mini", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out}}


def converse_body(made: str, form: str, tokens_in: int = 1, tokens_out: int = 1) -> dict:
    content = [{"toolUse": {"toolUseId": "1", "name": "label", "input": json.loads(made)}}] if form == "tool" else [{"text": made}]
    return {"output": {"message": {"role": "assistant", "content": content}}, "stopReason": "tool_use" if form == "tool" else "end_turn",
            "usage": {"inputTokens": tokens_in, "outputTokens": tokens_out, "totalTokens": tokens_in + tokens_out}, "metrics": {"latencyMs": 1}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--per-second", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", action="append", default=[], metavar="NAME=RATE")
    args = parser.parse_args()
    server = Server({name: float(rate) for name, _, rate in (one.partition("=") for one in args.fault)},
                    latency=args.latency, per_second=args.per_second, seed=args.seed)

    async def serve() -> None:
        print(await server.start(args.port), flush=True)
        await asyncio.Event().wait()
    asyncio.run(serve())


if __name__ == "__main__":
    main()
