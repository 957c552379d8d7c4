"""The table of costs of docs/providers.md, written from the table of prices."""

from llmops_cli import labelling
from llmops_cli.classify import prompt
from llmops_cli.classify.prompt import Item
from llmops_cli.llm import prices

MODELS = ("gpt-4o-mini", "gpt-4.1-nano", "gpt-5.6-luna", "amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0", "openai.gpt-oss-20b-1:0", "meta.llama3-1-8b-instruct-v1:0")
ROWS, PACK = 1000, 8
SAID = ("Could you please go over the numbers of last quarter once more, put the ones that changed by more than five per cent into a table, "
        "and write two sentences for the board about why the northern region fell behind? Keep it friendly. " * 3)[:400]


def estimate(pack: int) -> labelling.Estimate:
    """What a thousand conversations of 400 characters take, so many in a call."""
    found, task = labelling.Estimate(reasons=False), prompt.task()
    for first in range(0, ROWS, pack):
        items = [Item(row, f"c_{row}", SAID) for row in range(first, min(first + pack, ROWS))]
        found.add(prompt.ask(task, items), len(items))
    return found


def table() -> str:
    single, packed, listed = estimate(1), estimate(PACK), prices.Prices()
    lines = [f"| model | one a call | `--pack {PACK}` | batch, one a call | batch, `--pack {PACK}` |\n|---|---:|---:|---:|---:|\n"]
    for model in MODELS:
        price = listed.of(model, "")
        half = price.batch_input is not None
        costs = [one.cost_usd(listed, model, batch=batch) if half or not batch else None
                 for batch in (False, True) for one in (single, packed)]
        lines.append(f"| `{model}` | " + " | ".join("no batch price" if cost is None else f"${cost:.4f}" for cost in costs) + " |\n")
    return "".join(lines) + (f"\nTokens of 1,000 conversations: {single.input:,} in and {single.output:,} out one a call, {packed.input:,} in and {packed.output:,} out "
                             f"with `--pack {PACK}`, for 400 characters each. List prices of {listed.as_of}; `--dry-run` reckons with your own rows and `[prices]`.\n")
