"""`config`: each setting, its value, where it comes from."""

import json

import pytest

from llmops_cli import completion, config
from llmops_cli.errors import UserError


def settings(result) -> dict:
    assert result.status == 0
    return json.loads(result.out)["settings"]


def test_values_and_their_origins(llmops, tmp_path):
    plain = settings(llmops("config", "--json"))
    assert plain["timezone"] == {"value": "UTC", "origin": "default"}
    assert list(plain)[:len(config.SETTINGS)] == [setting.key for setting in config.SETTINGS]
    (tmp_path / "llmops.toml").write_text('timezone = "Europe/Oslo"\nweek_start = "sun"\n[sanitize]\nonly = ["EMAIL", "PHONE"]\n')
    (tmp_path / ".config" / "llmops").mkdir(parents=True)
    (tmp_path / ".config" / "llmops" / "config.toml").write_text('timezone = "Asia/Tokyo"\ncolor = "never"\n')
    found = settings(llmops("config", "--json", env={"LLMOPS_WEEK_START": "mon"}))
    assert found["timezone"] == {"value": "Europe/Oslo", "origin": "llmops.toml"}
    assert found["color"] == {"value": "never", "origin": str(tmp_path / ".config" / "llmops" / "config.toml")}
    assert found["sanitize.only"] == {"value": "EMAIL,PHONE", "origin": "llmops.toml"}
    assert found["week-start"] == {"value": "mon", "origin": "LLMOPS_WEEK_START"}


def test_secrets_are_never_shown(llmops):
    secret = {name: "hunter2" for name, _ in config.SECRETS}
    for arguments in (["config"], ["config", "--json"], ["config", "-v", "--check"]):
        result = llmops(*arguments, env=secret)
        assert result.status == 0 and b"hunter2" not in result.out and "hunter2" not in result.err and b"(set)" in result.out


def test_unknown_keys(llmops, tmp_path):
    (tmp_path / "llmops.toml").write_text('timezon = "UTC"\n[sanitize]\nas = "hash"\nonyl = "EMAIL"\n[budget]\nday = 20.0\n[budget.team.Sales]\nmonth = 1\n')
    said = ("llmops: llmops.toml: unknown key 'timezon'\n  hint: did you mean 'timezone'?\n"
            "llmops: llmops.toml: unknown key 'sanitize.onyl'\n  hint: did you mean 'sanitize.only'?\n"
            "llmops: environment: unknown key 'LLMOPS_TIMEZON'\n  hint: did you mean 'LLMOPS_TIMEZONE'?\n")
    for arguments, status in ((["config"], 0), (["config", "--check"], 1)):
        result = llmops(*arguments, env={"LLMOPS_TIMEZON": "x", "LLMOPS_TEST_DATA": "y"})
        assert (result.status, result.err) == (status, said)
    assert json.loads(llmops("config", "--json").out)["unknown"] == [{"where": "llmops.toml", "key": "timezon"}, {"where": "llmops.toml", "key": "sanitize.onyl"}]


def test_own_tables_are_merged_key_by_key_nearer_first(llmops, tmp_path):
    (tmp_path / "near.toml").write_text("[budget]\nday = 20.0\n")
    (tmp_path / "llmops").mkdir()
    (tmp_path / "llmops" / "config.toml").write_text("[budget]\nday = 5.0\nmonth = 100.0\n")
    found = config.load({"XDG_CONFIG_HOME": str(tmp_path)}, str(tmp_path / "near.toml"))
    assert found.table("budget") == {"day": 20.0, "month": 100.0} and found.table("prices") == {}
    (tmp_path / "near.toml").write_text("budget = 20.0\n")
    with pytest.raises(UserError, match="budget is not a table"):
        config.load({}, str(tmp_path / "near.toml")).table("budget")
    (tmp_path / "llmops.toml").write_text("budget = 20.0\n")
    result = llmops("config")
    assert result.status == 2 and result.err.startswith("llmops: llmops.toml: budget is not a table\n  hint: ")


def test_without_a_home_nothing_is_read_from_the_folder_at_hand(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".config" / "llmops").mkdir(parents=True)
    (tmp_path / ".config" / "llmops" / "config.toml").write_text('timezone = "Asia/Tokyo"\n')
    assert config.load({}).get("timezone") == ("UTC", "default")


def test_every_setting_is_one_of_an_option_that_is_there():
    flags = {(command.name, option.flags[-1].lstrip("-")) for command in completion.commands() for option in command.options}
    keys = {flag for _, flag in flags} | {f"{name}.{flag}" for name, flag in flags}
    assert {setting.key for setting in config.SETTINGS} - keys == set()


def test_a_byte_order_mark_before_the_settings_is_dropped(llmops, tmp_path):
    (tmp_path / "llmops.toml").write_bytes(b'\xef\xbb\xbftimezone = "Europe/Oslo"\r\n')
    done = llmops("config", "--json")
    assert done.status == 0 and json.loads(done.out)["settings"]["timezone"]["value"] == "Europe/Oslo"
