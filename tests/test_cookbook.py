"""The cookbook's commands, and the README's first, print what is shown. `python3 tests/test_cookbook.py` rewrites it.

In the cookbook a ```console block holds commands behind `$ ` and their output, standard error included; a last line `…`
stands for the rest. All blocks run one after another in one folder, in which `examples` is the examples folder. In the
README the first ```text block is what the last command of the first ```sh block prints.
"""

import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(ROOT, "docs", "cookbook.md")
README = os.path.join(ROOT, "README.md")
PICTURE = re.compile(r"```sh\n(.*?)```(.*?)```text\n(.*?)```", re.S)
BLOCK = re.compile(r"```console\n(.*?)```", re.S)


def steps(block: str) -> list[tuple[str, list[str]]]:
    """The commands of a block, each with the lines that it is shown to print."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found[-1][0].endswith("\\"):
            found[-1] = (found[-1][0] + "\n" + line, [])
        else:
            found[-1][1].append(line)
    return found


class Shell:
    """A scratch folder with `examples` in it and `llmops` on the path."""

    def __init__(self, folder: str):
        self.folder = folder
        programs = os.path.join(folder, ".bin")
        os.makedirs(programs)
        with open(os.path.join(programs, "llmops"), "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nexec {sys.executable} -m llmops_cli "$@"\n')
        os.chmod(os.path.join(programs, "llmops"), 0o755)
        os.symlink(os.path.join(ROOT, "examples"), os.path.join(folder, "examples"))
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LLMOPS_", "XDG_"))}
        self.environment = {**kept, "PATH": programs + os.pathsep + os.environ["PATH"], "PYTHONPATH": ROOT, "HOME": folder, "NO_COLOR": "1", "LLMOPS_HASH_KEY": "cookbook",
                            "COLUMNS": "100"}

    def run(self, command: str) -> list[str]:
        process = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return process.stdout.decode().rstrip("\n").split("\n") if process.stdout else []


def page(path: str = PAGE) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def test_the_cookbook_shows_what_its_commands_print(tmp_path):
    shell = Shell(str(tmp_path))
    for block in BLOCK.findall(page()):
        for command, shown in steps(block):
            printed = shell.run(command)
            if shown[-1:] == ["…"]:
                printed, shown = printed[:len(shown) - 1], shown[:-1]
            assert printed == shown, command


def picture(folder: str) -> str:
    """What the last command of the README's first block prints."""
    shell = Shell(folder)
    shell.environment["COLUMNS"] = "80"
    commands = PICTURE.search(page(README))[1].strip().splitlines()
    return "\n".join([shell.run(command) for command in commands][-1])


def test_the_readme_shows_what_its_report_prints(tmp_path):
    assert PICTURE.search(page(README))[3].rstrip("\n") == picture(str(tmp_path))


def rewrite() -> None:
    """Put what the commands print now into the page; an output that ended in `…` keeps its length."""
    with tempfile.TemporaryDirectory() as folder:
        shell = Shell(folder)

        def renewed(block: re.Match) -> str:
            lines = []
            for command, shown in steps(block[1]):
                printed = shell.run(command)
                if shown[-1:] == ["…"]:
                    printed = printed[:max(1, len(shown) - 1)] + ["…"]
                lines += ["$ " + command, *printed]
            return "```console\n" + "\n".join(lines) + "\n```"

        text = BLOCK.sub(renewed, page())
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(text)
    with tempfile.TemporaryDirectory() as folder:
        printed = picture(folder)
    text = PICTURE.sub(lambda found: f"```sh\n{found[1]}```{found[2]}```text\n{printed}\n```", page(README), count=1)
    with open(README, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    rewrite()
