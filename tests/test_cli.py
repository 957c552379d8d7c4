"""The front door, and the cases: a command line with its input, what it prints, how it ends."""

import shlex

import pytest

from llmops_cli import cli
from llmops_cli.errors import closest, nearest, worst
from llmops_cli.version import VERSION

from .conftest import ROOT

CASES = sorted((ROOT / "tests" / "cases").glob("*.case"))


def sections(text: str) -> dict[str, str]:
    """A case: `$ llmops …` on its first line, then parts that begin with `--- in`, `--- out`, `--- err` and end with `--- status N`."""
    command, _, rest = text.partition("\n")
    found = {"command": command.removeprefix("$ llmops "), "in": "", "out": "", "err": "", "status": "0"}
    for part in f"\n{rest}".split("\n--- ")[1:]:
        name, _, body = part.partition("\n")
        name, _, value = name.partition(" ")
        found[name] = value if name == "status" else body + "\n"
    return found


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(llmops, path):
    case = sections(path.read_text(encoding="utf-8"))
    result = llmops(*shlex.split(case["command"]), stdin=case["in"].encode())
    assert (result.out.decode(), result.err, str(result.status)) == (case["out"], case["err"], case["status"])


def test_there_are_cases():
    assert len(CASES) >= 12


def test_help_in_all_its_forms(llmops):
    page = llmops("--help")
    assert (page.status, page.err) == (0, "") and page.out.decode() == cli.help_text()
    assert llmops("-h") == llmops("help") == page
    assert llmops() == (2, b"", page.out.decode())
    for name, _, about in cli.COMMANDS:
        assert f"  {name} " in cli.help_text() and about in cli.help_text()
    assert max(map(len, cli.help_text().splitlines())) <= 110
    assert llmops("--version") == llmops("-V") == (0, f"llmops {VERSION}\n".encode(), "")


@pytest.mark.parametrize("name", [name for name, _, _ in cli.COMMANDS])
def test_the_help_of_a_command(llmops, name):
    module = cli.module_of(name)
    page = llmops(name, "--help")
    assert (page.status, page.err) == (0, "")
    text = page.out.decode()
    assert module.__doc__.strip().splitlines()[0] in text and module.EXAMPLES.strip().splitlines()[0] in text
    assert llmops("help", name) == page


@pytest.mark.parametrize("arguments, said", [
    (["asemble"], "llmops: unknown command 'asemble'\n  hint: did you mean 'assemble'?\n"),
    (["help", "sanitise"], "llmops: unknown command 'sanitise'\n  hint: did you mean 'sanitize'?\n"),
    (["agg"], "llmops: unknown command 'agg'\n  hint: did you mean 'aggregate'?\n"),
    (["--quiet"], "llmops: unknown command '--quiet'\n  hint: one of: " + ", ".join(name for name, _, _ in cli.COMMANDS) + "\n"),
    (["assemble", "--memroy", "5M"], "llmops: assemble: unknown option '--memroy'\n  hint: did you mean '--memory'?\n"),
    (["assemble", "--mem", "5M"], "llmops: assemble: unknown option '--mem'\n  hint: did you mean '--memory'?\n"),
    (["aggregate", "--form=csv"], "llmops: aggregate: unknown option '--form'\n  hint: did you mean '--format'?\n"),
    (["assemble", "-Z"], "llmops: assemble: unknown option '-Z'\n  hint: llmops assemble --help lists them\n"),
    (["assemble", "--api-key=hunter2"], "llmops: assemble: unknown option '--api-key'\n  hint: llmops assemble --help lists them\n"),
    (["assemble", "--memory"], "llmops: assemble: argument --memory: expected one argument\n  hint: llmops assemble --help\n"),
    (["assemble", "--memory", "much"], "llmops: assemble: argument --memory: not a size: 'much' (as 64k, 256M, 2G)\n  hint: llmops assemble --help\n"),
    (["assemble", "--gap", "long"], "llmops: assemble: argument --gap: not a length of time: 'long' (as 45s, 30m, 2h, 1d)\n  hint: llmops assemble --help\n"),
    (["aggregate", "--since", "2026-02-30"], "llmops: aggregate: argument --since: not a date: '2026-02-30' (as 2026-01-03)\n  hint: llmops aggregate --help\n"),
    (["assemble", "--timezone", "Mars"], "llmops: unknown time zone 'Mars'\n  hint: a name such as Europe/Oslo, or an offset such as +05:30\n"),
    (["completion"], "llmops: completion: the following arguments are required: shell\n  hint: llmops completion --help\n"),
    (["completion", "bash", "zsh"], "llmops: completion: 'zsh' is one word too many\n  hint: llmops completion --help\n"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_usage_errors(llmops, arguments, said):
    assert llmops(*arguments) == (2, b"", said)


def test_options_and_files_may_stand_in_any_order(llmops, tmp_path):
    for name in ("a", "-b"):
        (tmp_path / name).write_bytes(b'{"messages": []}\n')
    whole = llmops("aggregate", "a", "./-b", "--by", "team")
    assert whole.status == 0 and b'"conversation_count": 2' in whole.out
    assert llmops("aggregate", "--by", "team", "a", "--", "-b") == whole == llmops("aggregate", "a", "--by=team", "./-b")


def test_the_output_is_the_same_on_a_terminal_of_few_letters(llmops):
    stdin = '{"messages": [], "team": "Übersee"}'.encode()
    plain = llmops("aggregate", "--by", "team", stdin=stdin)
    assert llmops("aggregate", "--by", "team", stdin=stdin, env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}) == plain
    assert llmops("config", env={"PYTHONIOENCODING": "ascii", "LLMOPS_PEOPLE": "Übersee"}).status == 0


def test_the_status_that_counts():
    assert [worst(*statuses) for statuses in [(), (0,), (0, 3), (3, 1), (1, 2, 3)]] == [0, 0, 3, 1, 2]


def test_the_nearest_name():
    assert closest("sanitise", ["sanitize", "run"]) == "sanitize" and closest("xyz", ["sanitize"]) == ""
    assert nearest("xyz", ["a", "b"]) == "one of: a, b"
