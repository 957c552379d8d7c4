"""The documents say what the program does: commands.md is fresh, records.md names every key."""

import importlib.util
import json
import re

from llmops_cli import cli, options
from llmops_cli.metrics.aggregate import measures
from llmops_cli.metrics.tally import Tally

from .conftest import ROOT
from .test_house import every_action

RECORDS = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
EVENT = b'{"event_time": "2026-01-03T10:15:00Z", "conversation_id": "c1", "role": "user", "content": "hello there", "team": "Sales"}\n'


def build():
    spec = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_that_are_written_from_the_program_are_fresh():
    for name, made in build().pages().items():
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == made, f"python3 docs/build.py writes docs/{name}"


def test_every_command_and_option_is_on_the_page():
    shown = build().page()
    for name, _, about in cli.COMMANDS:
        assert f"## `llmops {name}`" in shown and about in shown
        section = shown.partition(f"## `llmops {name}`")[2].partition("\n## ")[0]
        for action in every_action(options.parser_for(cli.module_of(name))):
            assert all(f"`{flag}`" in section or action.dest in build().SHARED for flag in action.option_strings)


def test_help_is_a_page_of_at_most_a_hundred_columns_of_prose():
    for name, _, _ in cli.COMMANDS:
        module = cli.module_of(name)
        assert max(map(len, module.__doc__.strip().splitlines())) <= 120, name


def test_links_of_the_documents_lead_somewhere():
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            assert "://" in target or (page.parent / target).exists(), f"{page.name}: {target}"


def named() -> set[str]:
    """Every word in code marks or in an example of records.md."""
    examples = re.findall(r"```json\n(.*?)```", RECORDS, re.S)
    marked = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", RECORDS, flags=re.S))
    return set(re.findall(r"\w+", " ".join(examples + marked)))


def test_every_key_of_rows_and_tallies_is_explained():
    assert set(measures(Tally())) - named() == set()
    assert set(Tally().to_json()) | {"tally_version", "by", "group"} <= named()


def test_every_key_of_a_lake_is_explained(llmops, tmp_path):
    (tmp_path / "in.jsonl").write_bytes(EVENT + b"broken\n")
    assert llmops("run", "in.jsonl", "-o", "lake").status == 3
    reports = sorted((tmp_path / "lake" / "reports").glob("*/run_latest.json"))
    conversation = json.loads(next((tmp_path / "lake" / "conversations").glob("*/*.jsonl")).read_bytes())
    metrics = json.loads(next((tmp_path / "lake" / "curated").glob("*/*/metrics.json")).read_bytes())
    assert len(reports) == 2        # of its date, and of the line without one
    for path in reports:
        assert set(json.loads(path.read_bytes())) - named() == set()
    assert (set(conversation) | set(metrics)) - named() == set()
    for path in (tmp_path / "lake").rglob("*"):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(tmp_path).parts):
            assert f"{path.relative_to(tmp_path / 'lake').parts[0]}/" in RECORDS and (path.name in RECORDS or path.suffix in (".jsonl", ".gz")), path
    reject = json.loads(next(path for path in (tmp_path / "lake").rglob("rejects.jsonl") if path.stat().st_size).read_bytes())
    assert set(reject) <= named()


def test_examples_of_records_are_records(llmops):
    examples = re.findall(r"```json\n(.*?)```", RECORDS, re.S)
    parsed = [json.loads(example) for example in examples]
    event, tally = parsed[0], next(one for one in parsed if "tally_version" in one)
    assert llmops("ingest", "--from", "events", stdin=json.dumps(event).encode()).status == 0
    assert llmops("aggregate", "--merge", stdin=json.dumps(tally).encode()).status == 0
