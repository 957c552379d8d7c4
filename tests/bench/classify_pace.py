"""How many conversations the local model labels in a second on one core, and how long it takes to load.

    python3 tests/bench/classify_pace.py
"""

import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from llmops_cli.classify import corpus                  # noqa: E402
from llmops_cli.classify.label import label             # noqa: E402
from llmops_cli.classify.local import SHIPPED, Model    # noqa: E402
from llmops_cli.classify.splice import spliced          # noqa: E402


def conversations() -> list[bytes]:
    """Each row of the corpus as a conversation line, with a reply after each message of the user."""
    lines = []
    for row in corpus.read():
        messages = [message for text in row.text.split("\n\n") for message in
                    ({"role": "user", "content": text}, {"role": "assistant", "content": "Here it is."})]
        lines.append(json.dumps({"conversation_id": "c", "messages": messages}, ensure_ascii=False).encode())
    return lines


def best(work, times: int = 3) -> float:
    def once() -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began
    return min(once() for _ in range(times))


def main() -> None:
    model, lines = Model.load(), conversations()
    texts = [row.text for row in corpus.read()]
    print(f"model file      {os.path.getsize(SHIPPED) / 1e6:.2f} MB")
    print(f"load            {best(Model.load, 5) * 1000:.1f} ms")
    print(f"texts           {len(texts) / best(lambda: [model.classify(text) for text in texts]):,.0f}/s "
          f"({sum(map(len, texts)) / len(texts):.0f} characters each)")

    def whole() -> None:
        for line in lines:
            record = json.loads(line)
            verdict = label(dict(record), model)
            spliced(line, record, {"task_category": verdict["task_category"]})
    print(f"conversations   {len(lines) / best(whole):,.0f}/s, parsed and written")


if __name__ == "__main__":
    main()
