"""The package as it is installed: every data file in it, and a program that runs without the checkout."""

import os
import subprocess
import sys
import zipfile
from importlib import metadata, util
from pathlib import Path

import pytest

from .conftest import ROOT, environment


def can_build() -> bool:
    """Whether this Python builds wheels without fetching anything."""
    if not util.find_spec("pip") or not util.find_spec("setuptools"):
        return False
    version = tuple(map(int, metadata.version("setuptools").split(".")[:2]))
    return version >= (70, 1) or bool(util.find_spec("wheel"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    if not can_build():
        pytest.skip("no pip with a setuptools that builds wheels here")
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"      # a copy: building leaves files behind
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "llmops_cli", "pyproject.toml", "README.md", "LICENSE"],
                            cwd=ROOT, capture_output=True)
    names = os.fsdecode(listed.stdout).split("\0")[:-1] if not listed.returncode else \
        [str(path.relative_to(ROOT)) for path in [*(ROOT / "llmops_cli").rglob("*.*"), ROOT / "pyproject.toml", ROOT / "README.md", ROOT / "LICENSE"]]
    for name in names:
        if (ROOT / name).is_file() and "__pycache__" not in name:
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    built = subprocess.run([sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation", "--no-index", "-q", "-w", str(folder)],
                           cwd=source, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


def test_every_file_of_the_package_is_in_the_wheel(wheel):
    packed = set(zipfile.ZipFile(wheel).namelist())
    source = wheel.parent / "source"
    files = {path.relative_to(source).as_posix() for path in (source / "llmops_cli").rglob("*") if path.is_file()}
    assert len(files) > 30
    assert files - packed == set()


def test_the_installed_program_runs(wheel, tmp_path):
    target = tmp_path / "installed"
    subprocess.run([sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "-q", "--target", str(target), str(wheel)], check=True, capture_output=True)
    event = b'{"event_time": "2026-01-03T10:15:00Z", "role": "user", "content": "fix this python error, ann@example.org", "team": "Sales"}\n'
    rows = event
    for command in (["sanitize"], ["assemble"], ["classify", "-q"], ["aggregate"]):
        done = subprocess.run([target / "bin" / "llmops", *command], input=rows, capture_output=True, cwd=tmp_path,
                              env={**environment(tmp_path), "PYTHONPATH": str(target)})
        assert (done.returncode, done.stderr) == (0, b"")
        rows = done.stdout
    assert b'"team": "Sales"' in rows and b'"pii_findings": 1' in rows and b'"conversation_count": 1' in rows
