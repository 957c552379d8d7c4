"""Calls a second of our transport, of httpx, of the openai package and of boto3's Converse, in threads, in turns, without
latency: run it in an environment with httpx, openai and boto3 (those that are absent are left out).

`python tests/bench/transport_pace.py [CALLS]` prints calls a second, processor time a call, and ratios. Plain http on this
machine; the server is a process of its own that answers what it always answers.
"""

import json
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from llmops_cli import aws  # noqa: E402
from llmops_cli.llm.retry import Client  # noqa: E402
from llmops_cli.llm.transport import Request, Urllib  # noqa: E402
from llmops_cli.wire import World  # noqa: E402

THREADS, TURNS = 8, 3
CHAT = json.dumps({"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [{"index": 0, "message": {"role": "assistant", "content": '{"task_category": "Technical Help"}'}, "finish_reason": "stop"}],
                   "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}})
CONVERSE = json.dumps({"output": {"message": {"role": "assistant", "content": [{"text": "Technical Help"}]}}, "stopReason": "end_turn",
                       "usage": {"inputTokens": 100, "outputTokens": 10, "totalTokens": 110}, "metrics": {"latencyMs": 5}})
TEXT = "hello there, how do I do that? " * 30
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}


def serve() -> int:
    """Start a server in a process of its own; its port."""
    import asyncio
    import socket
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    answers = {kind: f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: r\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode() for kind, body in (("chat", CHAT), ("converse", CONVERSE))}

    class Server(asyncio.Protocol):
        def connection_made(self, transport) -> None:
            self.transport, self.held = transport, b""

        def data_received(self, data: bytes) -> None:
            self.held += data
            while (end := self.held.find(b"\r\n\r\n")) >= 0:
                head = self.held[:end].lower()
                at = head.find(b"content-length:")
                length = int(head[at + 15:].split(b"\r")[0]) if at >= 0 else 0
                if len(self.held) < end + 4 + length:
                    return
                self.held = self.held[end + 4 + length:]
                self.transport.write(answers["converse" if b"/converse " in head.partition(b"\r")[0] + b" " else "chat"])

    async def forever() -> None:
        await (await asyncio.get_running_loop().create_server(Server, sock=listener)).serve_forever()
    child = os.fork()
    if not child:
        asyncio.run(forever())
    import atexit
    atexit.register(os.kill, child, signal.SIGKILL)
    return listener.getsockname()[1]


def measure(call, calls: int) -> tuple[float, float]:
    """(calls a second, microseconds of processor time a call)."""
    def work() -> None:
        for _ in range(calls // THREADS):
            call()
    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    began, spent = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return calls / (time.perf_counter() - began), (time.process_time() - spent) / calls * 1e6


def main(calls: int) -> None:
    base = f"http://127.0.0.1:{serve()}"
    world = World(KEYS, time.time, time.monotonic, time.sleep, random.random)
    transport = Urllib({}, time.monotonic)
    client = Client(transport, world)
    chat = json.dumps({"model": "m", "messages": [{"role": "user", "content": TEXT}]}).encode()
    headers = {"Content-Type": "application/json", "Authorization": "Bearer k"}
    request = Request("POST", base + "/v1/chat/completions", headers, chat)
    converse = json.dumps({"messages": [{"role": "user", "content": [{"text": TEXT}]}]}).encode()
    sign = aws.signer(world, "bedrock", send=transport)
    bedrock = Request("POST", base + "/model/amazon.nova-micro-v1%3A0/converse", {"Content-Type": "application/json"}, converse)
    runs = {"ours": lambda: transport(request), "ours, with tries and limiter": lambda: client.send(lambda: request),
            "ours, Converse signed": lambda: client.send(lambda: sign(bedrock)).response.json()}
    pairs = []
    try:
        import httpx
        pool = httpx.Client()
        runs["httpx"] = lambda: pool.post(request.url, headers=headers, content=chat)
        pairs.append(("ours", "httpx"))
    except ImportError:
        pass
    try:
        import openai
        sdk = openai.OpenAI(api_key="k", base_url=base + "/v1")
        runs["openai"] = lambda: sdk.chat.completions.create(model="m", messages=[{"role": "user", "content": TEXT}])
        pairs.append(("ours, with tries and limiter", "openai"))
    except ImportError:
        pass
    try:
        import boto3
        from botocore.config import Config
        runtime = boto3.client("bedrock-runtime", endpoint_url=base, region_name="us-east-1", aws_access_key_id="t", aws_secret_access_key="t", config=Config(max_pool_connections=THREADS))
        runs["boto3"] = lambda: runtime.converse(modelId="amazon.nova-micro-v1:0", messages=[{"role": "user", "content": [{"text": TEXT}]}])
        pairs.append(("ours, Converse signed", "boto3"))
    except ImportError:
        pass
    best: dict[str, tuple[float, float]] = {}
    for _ in range(TURNS):
        for name, call in runs.items():
            pace, spent = measure(call, calls)
            held = best.get(name, (0.0, 1e9))
            best[name] = max(held[0], pace), min(held[1], spent)
    for name, (pace, spent) in best.items():
        print(f"{name:<30}{pace:>9,.0f} calls/s {spent:>7.0f} µs of processor a call")
    for one, other in pairs:
        print(f"{one} to {other}: {best[one][0] / best[other][0]:.1f} in pace, {best[other][1] / best[one][1]:.1f} in processor time")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
