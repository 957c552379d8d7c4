"""The key of pseudonyms: given, kept, or made once."""

import os

import pytest

from llmops_cli.errors import UserError
from llmops_cli.keys import HashKey


def test_the_key_is_made_once_and_kept(tmp_path):
    said = []
    keys = [HashKey({"XDG_STATE_HOME": str(tmp_path)}, said.append) for _ in range(3)]
    assert len({key() for key in keys}) == 1 and len(said) == 1
    assert [path.name for path in (tmp_path / "llmops").iterdir()] == ["key"]
    assert (tmp_path / "llmops" / "key").stat().st_mode & 0o777 == 0o600


def test_a_kept_key_is_read_where_nothing_can_be_written(tmp_path, monkeypatch):
    key = HashKey({"XDG_STATE_HOME": str(tmp_path)}, print)()

    def refuse(*args, **more):
        raise OSError(30, "Read-only file system")
    for name in ("makedirs", "open", "link"):
        monkeypatch.setattr(os, name, refuse)
    assert HashKey({"XDG_STATE_HOME": str(tmp_path)}, print)() == key
    with pytest.raises(UserError, match="Read-only"):
        HashKey({"XDG_STATE_HOME": str(tmp_path / "other")}, print)()


def test_who_has_no_home_gets_no_folder_called_tilde(tmp_path, monkeypatch):
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="no home"):
        HashKey({}, print)()
    assert not list(tmp_path.iterdir())
    assert HashKey({"LLMOPS_HASH_KEY": "given"}, print)() == b"given"
