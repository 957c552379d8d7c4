"""The house rules, read from the source: layers, standard library only, purity below the commands, one shape a command."""

import argparse
import ast
import importlib
import pkgutil
import re
import shlex
import sys
from pathlib import Path

import pytest

import llmops_cli
from llmops_cli import cli, options

from .conftest import ROOT

PACKAGE = ROOT / "llmops_cli"
SOURCES = sorted(path for path in PACKAGE.rglob("*.py"))

# Who stands on whose shoulders: a module may import from its own floor and from lower ones, never from a higher one.
ROOMS = ("logs", "pii", "classify", "metrics", "monitor", "gate", "feedback", "replies")
FLOORS = (
    ("errors", "version", "wire", "jsonl", "records", "config", "aws", "term", "tables"),    # the ground
    ("storage", "llm"),
    ROOMS,
    ("report", "server", "pipeline"),
    ("options", "keys", "parallel", "labelling", "commands", "completion"),              # the edges: arguments, environment, processes
    ("cli", "__main__"),
)
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}

# What a room may know of another room: named here, a module with plain data or one plain service.
PUBLIC = {("metrics", "pii.detector"),      # KINDS, the names that may stand in a [KIND] token
          ("monitor", "metrics.sketch"), ("monitor", "metrics.distinct"), ("monitor", "replies"),   # quantiles, people, what a reply is
          ("feedback", "metrics.opinions")}     # verdict, which ratings are up and which are down

# Who may print, read the environment and the arguments, and know the time.
EDGES = ("cli", "options", "keys", "labelling", "commands", "server")


def name_of(path: Path) -> tuple[str, ...]:
    """`("logs", "assemble")` of llmops_cli/logs/assemble.py."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts


def imports(path: Path, tree: ast.Module):
    """(line, module) of every import, wherever it stands; our own as `("logs", "assemble")`, others as their top name."""
    package = path.relative_to(PACKAGE).parent.parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.lineno, node.module.split(".")[0]
        elif isinstance(node, ast.ImportFrom):
            base = package[:len(package) - node.level + 1] + tuple((node.module or "").split(".") if node.module else ())
            for alias in node.names:
                yield node.lineno, base + (alias.name,)


TREES = {path: ast.parse(path.read_bytes()) for path in SOURCES}


def faults(check) -> list[str]:
    return [f"{path.relative_to(ROOT)}:{line}: {what}" for path, tree in TREES.items() for line, what in check(path, tree)]


def test_only_the_standard_library_is_imported():
    def check(path, tree):
        for line, module in imports(path, tree):
            if isinstance(module, str) and module not in sys.stdlib_module_names:
                yield line, f"imports {module}"
    assert faults(check) == []


def test_every_module_has_its_floor():
    assert {name_of(path)[0] for path in SOURCES if name_of(path) != ("__init__",)} <= set(FLOOR)


def test_imports_never_lead_upward_nor_into_another_room():
    def check(path, tree):
        own = name_of(path)
        if own == ("__init__",):
            return
        for line, module in imports(path, tree):
            if isinstance(module, str) or module[0] not in FLOOR:
                continue
            if FLOOR[module[0]] > FLOOR[own[0]]:
                yield line, f"{own[0]} is below {module[0]}"
            if own[0] in ROOMS and module[0] in ROOMS and module[0] != own[0] and (own[0], ".".join(module[:2])) not in PUBLIC:
                yield line, f"reaches into {'.'.join(module)}"
    assert faults(check) == []


IMPURE_CALLS = {"print", "input", "open_new"}
IMPURE_NAMES = {("os", "environ"), ("os", "getenv"), ("os", "urandom"), ("sys", "argv"), ("sys", "stdin"), ("sys", "stdout"), ("sys", "stderr"),
                ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
IMPURE_MODULES = {"time", "random", "secrets", "uuid"}


def test_nothing_below_the_commands_prints_or_knows_the_environment_the_time_or_chance():
    def check(path, tree):
        if name_of(path)[0] in EDGES:
            return
        scripts = [node for node in tree.body if isinstance(node, ast.If) and "__main__" in ast.dump(node.test)]
        excused = {inner for script in scripts for inner in ast.walk(script)}
        for node in ast.walk(tree):
            if node in excused:
                continue
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS:
                yield node.lineno, f"calls {node.func.id}"
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in IMPURE_NAMES:
                yield node.lineno, f"uses {node.value.id}.{node.attr}"
            if isinstance(node, ast.Import) and (taken := IMPURE_MODULES & {alias.name for alias in node.names}):
                yield node.lineno, f"imports {', '.join(taken)}"
            if isinstance(node, ast.ImportFrom) and not node.level and node.module in IMPURE_MODULES and [alias.name for alias in node.names] != ["Random"]:
                yield node.lineno, f"imports from {node.module}"      # Random is given a seed
    assert faults(check) == []


def test_no_module_is_longer_than_400_lines():
    lengths = {str(path.relative_to(ROOT)): path.read_bytes().count(b"\n") for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_every_module_says_what_it_is():
    assert [str(path) for path, tree in TREES.items() if not ast.get_docstring(tree)] == []


def test_no_path_of_one_machine_and_nothing_unfinished():
    words = ("/" + "work/", "TO" + "DO:", "FIX" + "ME")
    assert [f"{path.relative_to(ROOT)}: {word}" for path in SOURCES for word in words if word in path.read_text()] == []


# The shape of a command ------------------------------------------------------------------------------------------------

COMMANDS = [pytest.param(name, cli.module_of(name), id=name) for name, _, _ in cli.COMMANDS]


def test_every_command_module_is_listed():
    files = {path.stem for path in (PACKAGE / "commands").glob("*.py")} - {"__init__"}
    assert files == {module for _, module, _ in cli.COMMANDS}


@pytest.mark.parametrize("name, module", COMMANDS)
def test_a_command_has_its_four_parts(name, module):
    assert module.__doc__ and module.EXAMPLES.strip() and callable(module.add_arguments) and callable(module.run)
    assert "." in module.__doc__.strip()
    assert 1 <= len(module.EXAMPLES.strip().splitlines()) <= 12


def every_action(parser: argparse.ArgumentParser):
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from every_action(inner)


@pytest.mark.parametrize("name, module", COMMANDS)
def test_every_option_has_help_and_no_abbreviation_is_taken(name, module):
    parser = options.parser_for(module)
    assert parser.allow_abbrev is False
    for action in every_action(parser):
        assert action.help and action.help is not argparse.SUPPRESS, action
        assert not action.option_strings or action.option_strings[-1].startswith("--")


@pytest.mark.parametrize("name, module", COMMANDS)
def test_every_example_parses(name, module, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    parsed = 0
    for line in module.EXAMPLES.strip().splitlines():
        for part in line.split("  #")[0].replace("<(", "; ").replace(")", " ; ").replace("&&", ";").replace("|", ";").split(";"):
            words = shlex.split(part)
            while words and re.match("[A-Z_]+=", words[0]):
                words = words[1:]       # VARIABLE=value llmops …
            if words[:1] != ["llmops"]:
                continue
            end = next((at for at, word in enumerate(words) if word.startswith((">", "2>"))), len(words))
            options.parse(cli.module_of(words[1]), words[2:end])
            parsed += words[1] == name
    assert parsed, f"no example of {name} shows {name}"


# Doctests -------------------------------------------------------------------------------------------------------------

def test_every_example_in_the_source_holds():
    import doctest
    ran = 0
    for found in pkgutil.walk_packages(llmops_cli.__path__, "llmops_cli."):
        if not found.name.endswith("__main__"):
            result = doctest.testmod(importlib.import_module(found.name))
            assert not result.failed, found.name
            ran += result.attempted
    assert ran > 40
