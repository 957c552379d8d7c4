"""The scripts that obey the verdict: every exit status handled, and the git roll back in a repository of its own."""

import os
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "rollback"


def run(*command: object, cwd: Path, **env: str) -> subprocess.CompletedProcess:
    return subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True, timeout=60,
                          env={"PATH": os.environ["PATH"], "HOME": str(cwd), "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
                               "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_NOSYSTEM": "1", **env})


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def repository(tmp_path):
    """stable is two commits behind main."""
    git = lambda *args: run("git", *args, cwd=tmp_path)
    assert git("init", "-q", "-b", "main").returncode == 0
    for number, text in enumerate(("good", "bad", "worse")):
        (tmp_path / "prompt.txt").write_text(text + "\n")
        (tmp_path / f"{text}.txt").write_text(text)
        git("add", ".")
        git("commit", "-q", "-m", text)
        if not number:
            git("branch", "stable")
    return git, tmp_path


def test_merging_stable_does_nothing_and_reverting_does(repository):
    git, folder = repository
    assert "up to date" in git("merge", "stable").stdout
    assert (folder / "prompt.txt").read_text() == "worse\n"
    assert git("revert", "--no-edit", "stable..main").returncode == 0
    assert (folder / "prompt.txt").read_text() == "good\n" and git("diff", "stable", "main").stdout == ""


@pytest.mark.parametrize("merged", [False, True])
def test_the_script_takes_main_back_and_may_run_twice(repository, merged):
    git, folder = repository
    if merged:
        git("checkout", "-q", "-b", "side", "stable")
        (folder / "side.txt").write_text("side")
        git("add", ".")
        git("commit", "-q", "-m", "side")
        git("checkout", "-q", "main")
        assert git("merge", "-q", "--no-ff", "--no-edit", "side").returncode == 0
    before = int(git("rev-list", "--count", "main").stdout)
    for _ in range(2):
        done = run(FOLDER / "git-rollback.sh", cwd=folder)
        assert (done.returncode, git("diff", "stable", "main").stdout) == (0, ""), done.stderr
        assert git("status", "--porcelain").stdout == ""
    assert int(git("rev-list", "--count", "main").stdout) == before + (1 if merged else 2)      # history stays


def test_the_script_leaves_alone_what_it_cannot_take_back(repository):
    git, folder = repository
    assert run(FOLDER / "git-rollback.sh", "nowhere", cwd=folder).returncode == 2
    (folder / "prompt.txt").write_text("not committed\n")
    assert run(FOLDER / "git-rollback.sh", cwd=folder).returncode == 2
    assert (folder / "prompt.txt").read_text() == "not committed\n"


@pytest.mark.parametrize("answers, status, shifted", [
    ("0 0", 0, "5 50 100"), ("1", 1, "5 0"), ("3 3 0 1", 1, "5 50 0"), ("2", 2, "5 0"), ("3 3 3", 3, "5"), ("137", 2, "5 0"),
])
def test_the_canary_goes_by_every_exit_status(tmp_path, answers, status, shifted):
    (tmp_path / "answers").write_text(answers.replace(" ", "\n") + "\n")
    check = script(tmp_path / "check", "answer=$(head -n 1 answers); sed -i.bak 1d answers; exit $answer")
    shift = script(tmp_path / "shift", 'printf "%s " "$1" >> shifted')
    done = run(FOLDER / "canary.sh", cwd=tmp_path, BASELINE="v42", CANDIDATE="v43", LOG="log", SHIFT=str(shift), LLMOPS=str(check), STEPS="5 50", EVERY="0", PATIENCE="3")
    assert (done.returncode, (tmp_path / "shifted").read_text().strip()) == (status, shifted), done.stderr


@pytest.mark.parametrize("answer, status, called", [(0, 0, False), (3, 0, False), (1, 1, True), (2, 2, False)])
def test_the_cron_line_goes_back_only_on_a_roll_back(tmp_path, answer, status, called):
    check, aws = script(tmp_path / "check", f"exit {answer}"), script(tmp_path / "aws", 'echo "$@" > called')
    done = run(FOLDER / "ecs-rollback.sh", cwd=tmp_path, CLUSTER="prod", SERVICE="chat", PREVIOUS="chat:41", BASELINE="v41", CANDIDATE="v42", LOG="log", LLMOPS=str(check), AWS=str(aws))
    assert (done.returncode, (tmp_path / "called").exists()) == (status, called)
    if called:
        assert "--task-definition chat:41" in (tmp_path / "called").read_text()


def shell_of(text: str, begin: str) -> str:
    """The indented block after a line of a YAML file."""
    block = text.partition(begin)[2].splitlines()[1:]
    depth = len(block[0]) - len(block[0].lstrip())
    lines = []
    for line in block:
        if line.strip() and len(line) - len(line.lstrip()) < depth:
            break
        lines.append(line[depth:])
    return "\n".join(lines)


@pytest.mark.parametrize("answer, status", [(0, 0), (1, 0), (3, 0), (2, 2)])
def test_the_workflow_goes_on_with_a_verdict_and_stops_without_one(tmp_path, answer, status):
    script(tmp_path / "llmops", f"exit {answer}")
    text = shell_of((FOLDER / "github-actions.yml").read_text(), 'CANDIDATE: "${{ inputs.candidate }}"}\n        run: |')
    done = run("bash", "-e", "-o", "pipefail", "-c", text or "exit 99", cwd=tmp_path, BASELINE="a", CANDIDATE="b", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert done.returncode == status, done.stderr


@pytest.mark.parametrize("answers, status", [("0", 0), ("3 3 0", 0), ("3 1", 1), ("2", 2)])
def test_the_analysis_waits_while_it_cannot_tell(tmp_path, answers, status):
    (tmp_path / "answers").write_text(answers.replace(" ", "\n") + "\n")
    script(tmp_path / "llmops", "answer=$(head -n 1 answers); sed -i.bak 1d answers; exit $answer")
    script(tmp_path / "sleep", "exit 0")
    text = shell_of((FOLDER / "argo-rollouts.yml").read_text(), "args:\n                      - |")
    assert run("sh", "-c", text or "exit 99", cwd=tmp_path, BASELINE="a", CANDIDATE="b", PATH=f"{tmp_path}:{os.environ['PATH']}").returncode == status
