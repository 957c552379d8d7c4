"""A mock server that nobody here wrote, with faults switched on: every row gets the label that its text stands for.

    npm install --prefix FOLDER @copilotkit/aimock      # then PATH=FOLDER/node_modules/.bin:$PATH
"""

import json
import shutil
import socket
import subprocess
import time

import pytest

from ..test_classify_with import AWS, KEY, rows

LABELS = ("Technical Help", "Summarization", "Translation/Tone")
ROWS = 60


@pytest.fixture
def aimock(tmp_path):
    """Its port, with fixtures for some texts, as content and as a call of the tool."""
    program = shutil.which("llmock")
    if not program:
        pytest.skip("llmock of npm's @copilotkit/aimock is not on PATH")
    fixtures = []
    for number in range(ROWS):
        made = json.dumps({"task_category": LABELS[number % 3], "confidence": 0.9})
        match = {"userMessage": f"case number {number}!"}
        fixtures += [{"match": match | {"toolName": "label"}, "response": {"toolCalls": [{"name": "label", "arguments": made}]}}, {"match": match, "response": {"content": made}}]
    (tmp_path / "fixtures.json").write_text(json.dumps({"fixtures": fixtures}))
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": f"case number {number}!"}) + "\n" for number in range(ROWS)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    faults = [word for fault in ("drop", "malformed", "disconnect", "ratelimit") for word in (f"--chaos-{fault}", "0.05")]
    process = subprocess.Popen([program, "-p", str(port), "-f", str(tmp_path / "fixtures.json"), "--log-level", "silent", *faults])
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.1)
    yield port
    process.kill()
    process.wait()


@pytest.mark.parametrize("provider, path", [("openai", "/v1"), ("bedrock", "")])
def test_every_row_gets_its_label(llmops, aimock, provider, path):
    done = llmops("classify", "--with", provider, "--base-url", f"http://127.0.0.1:{aimock}{path}", "in.jsonl", env={"OPENAI_API_KEY": KEY, **AWS})
    assert done.status == 0, done.err
    assert [row["task_category"] for row in rows(done.out)] == [LABELS[number % 3] for number in range(ROWS)]
