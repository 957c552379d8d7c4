"""Completion scripts: made from the parsers, and they run."""

import shutil
import subprocess

import pytest

from llmops_cli import completion, options
from llmops_cli.commands import COMMANDS, module_of

LISTED = completion.commands()


def test_every_command_and_option_is_in_every_script():
    for make in completion.SHELLS.values():
        script = make(LISTED)
        assert script.endswith("\n")
        for command in LISTED:
            assert command.name in script
            for option in command.options:
                assert all(flag.lstrip("-") in script for flag in option.flags) and all(choice in script for choice in option.choices)


def test_the_listing_is_that_of_the_parsers():
    assert [command.name for command in LISTED] == [name for name, _, _ in COMMANDS]
    for command in LISTED:
        flags = {flag for action in options.parser_for(module_of(command.name))._actions for flag in action.option_strings}
        assert flags <= {flag for option in command.options for flag in option.flags}
    shells = next(command for command in LISTED if command.name == "completion")
    assert shells.words == ("bash", "fish", "zsh")
    wide = next(option for command in LISTED if command.name == "aggregate" for option in command.options if "--format" in option.flags)
    assert wide.takes_value and "csv" in wide.choices


def test_the_command_prints_them(llmops):
    for shell, make in completion.SHELLS.items():
        assert llmops("completion", shell) == (0, make(LISTED).encode(), "")


def completed(line: str, folder) -> list[str]:
    """What bash offers after a line."""
    words = line.split(" ")
    script = completion.bash(LISTED) + f'COMP_WORDS=({" ".join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}; _llmops; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-uc", script.replace("complete -o", "builtin complete -o")], capture_output=True, text=True, cwd=folder)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash here")
@pytest.mark.parametrize("line, offered", [
    ("llmops as", ["assemble"]), ("llmops --v", ["--version"]), ("llmops assemble --me", ["--memory"]), ("llmops aggregate --format c", ["csv"]),
    ("llmops aggregate --week-start ", ["mon", "sun"]), ("llmops completion f", ["fish"]), ("llmops assemble some", ["some.jsonl"]), ("llmops assemble --nothing", []),
])
def test_bash_completes(tmp_path, line, offered):
    (tmp_path / "some.jsonl").touch()
    assert completed(line, tmp_path) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts_parse(shell, tmp_path):
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")
    (tmp_path / "script").write_text(completion.SHELLS[shell](LISTED))
    done = subprocess.run([shell, "-n", str(tmp_path / "script")], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
