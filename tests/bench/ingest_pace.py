"""How fast `ingest` makes events, beside `json.loads` alone over the same bytes: CPU time of whole processes, run in turn.

    python3 tests/bench/ingest_pace.py [MEGABYTES] [FORMAT...]
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORDS = "the model said it could help with \"deploys\" and budgets today; see `main.py`:\n- één straße naïve – ok".split(" ")
BOUND = "import gc, json, sys; gc.disable()\nfor line in open(sys.argv[1], 'rb', buffering=1 << 18): json.loads(line)"
AIMS = {"events": 0.6}


def text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words))


def stamp(number: int) -> str:
    return f"2026-01-{1 + number % 28:02}T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"


def events(chance, number):
    role = ("user", "assistant")[number % 2]
    yield {"event_time": stamp(number), "conversation_id": f"c_{number // 6}", "message_id": f"m_{number}", "role": role, "content": text(chance, 30),
           "team": "Sales", "user_id": f"u_{number % 900}", "model": "model-a", "latency_ms": 812.5, "input_tokens": 210, "output_tokens": 64, "cost_usd": 1.64e-05}


def openai(chance, number):
    said = []
    for turn in range(3):
        said = [*said, {"role": "user", "content": text(chance, 40)}]
        answer = {"role": "assistant", "content": text(chance, 200)}
        yield {"timestamp": stamp(number + turn), "user": f"u_{number % 900}", "latency_ms": 640,
               "request": {"model": "gpt-4o", "messages": [{"role": "system", "content": "Be brief."}, *said]},
               "response": {"id": f"r-{number}-{turn}", "object": "chat.completion", "created": 1772438400 + number, "model": "gpt-4o-2024-08-06",
                            "choices": [{"index": 0, "message": answer, "finish_reason": "stop"}], "usage": {"prompt_tokens": 90, "completion_tokens": 300}}}
        said.append(answer)


def bedrock(chance, number):
    yield {"schemaType": "ModelInvocationLog", "timestamp": stamp(number), "identity": {"arn": f"arn:aws:sts::123456789012:assumed-role/desk/u{number % 900}"},
           "region": "eu-west-1", "requestId": f"q-{number}", "operation": "Converse", "modelId": "eu.amazon.nova-lite-v1:0",
           "input": {"inputBodyJson": {"messages": [{"role": "user", "content": [{"text": text(chance, 40)}]}]}, "inputTokenCount": 60},
           "output": {"outputBodyJson": {"output": {"message": {"role": "assistant", "content": [{"text": text(chance, 200)}]}}, "metrics": {"latencyMs": 431}}, "outputTokenCount": 280}}


def claude_code(chance, number):
    row = {"timestamp": stamp(number), "sessionId": f"s-{number // 90}", "cwd": "/home/x/shop", "version": "2.0.1", "uuid": f"w-{number}", "isSidechain": False}
    if number % 2:
        yield row | {"type": "user", "message": {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": text(chance, 200)}]}}
    else:
        yield row | {"type": "assistant", "requestId": f"q-{number}", "message": {"id": f"m-{number}", "role": "assistant", "model": "claude-x", "content": [{"type": "text", "text": text(chance, 150)}],
                     "usage": {"input_tokens": 5, "cache_creation_input_tokens": 100, "cache_read_input_tokens": 2000, "output_tokens": 70}}}


MAKERS = {"events": events, "openai": openai, "bedrock": bedrock, "claude-code": claude_code}


def cpu_seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def main(arguments: list[str]) -> None:
    megabytes = int(arguments[0]) if arguments else 40
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments[1:] or MAKERS:
            path, chance, number = os.path.join(folder, f"{name}.jsonl"), random.Random(1), 0
            with open(path, "w", encoding="utf-8") as file:
                while file.tell() < megabytes << 20:
                    for record in MAKERS[name](chance, number):
                        file.write(json.dumps(record, ensure_ascii=False) + "\n")
                    number += 1
            program = [sys.executable, "-m", "llmops_cli", "ingest", "-q", path]
            turns = [(cpu_seconds([sys.executable, "-c", BOUND, path]), cpu_seconds(program)) for _ in range(3)]
            bound, taken = (min(times) for times in zip(*turns))
            print(f"{name:<12} {megabytes / taken:6.1f} MB/s   {bound / taken:.2f} of json.loads (aim {AIMS.get(name, 0.3)})")


if __name__ == "__main__":
    main(sys.argv[1:])
