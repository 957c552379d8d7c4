"""Options that mean the same everywhere: values, order of precedence, notices, progress."""

import argparse
import io

import pytest

from llmops_cli import options, term
from llmops_cli.commands import aggregate, assemble, module_of
from llmops_cli.errors import UserError


@pytest.mark.parametrize("text, seconds", [("90", 90), ("45s", 45), ("30m", 1800), ("30min", 1800), ("1.5h", 5400), ("2d", 172800), ("1w", 604800), ("250ms", 0.25), (" 5s ", 5)])
def test_lengths_of_time(text, seconds):
    assert options.duration(text) == seconds


@pytest.mark.parametrize("text, number", [("4096", 4096), ("64k", 65536), ("64 kB", 65536), ("256M", 256 << 20), ("1.5GiB", 3 << 29)])
def test_sizes(text, number):
    assert options.byte_size(text) == number


@pytest.mark.parametrize("read, text", [
    *((options.duration, text) for text in ("", "-5s", "5 parsecs", "1e3", "٣s5", "nan")), *((options.byte_size, text) for text in ("", "0", "-1", "5T", "k", "0x10")),
    *((options.whole, text) for text in ("", "0", "-1", "1.5", "ten")), *((options.date, text) for text in ("", "2026-02-30", "today", "2026-1-1")),
], ids=lambda value: getattr(value, "__name__", str(value)))
def test_values_that_are_none(read, text):
    with pytest.raises(argparse.ArgumentTypeError):
        read(text)


def test_names_with_commas_between():
    assert options.names("date, team,,") == ("date", "team") and options.names("") == ()


def test_a_flag_goes_before_the_environment_and_that_before_a_file(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("LLMOPS_TIMEZONE", "LLMOPS_AGGREGATE_BY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def zone(*flags: str) -> tuple[str, bool]:
        args = options.parse(aggregate, list(flags))
        return args.timezone, "timezone" in args.defaulted
    assert zone() == ("UTC", True)
    (tmp_path / "config" / "llmops").mkdir(parents=True)
    (tmp_path / "config" / "llmops" / "config.toml").write_text('timezone = "Asia/Tokyo"\n')
    assert zone() == ("Asia/Tokyo", False)
    (tmp_path / "llmops.toml").write_text('timezone = "Europe/Oslo"\n[aggregate]\nby = ["week", "team"]\n')
    assert zone() == ("Europe/Oslo", False) and options.parse(aggregate, []).by == ("week", "team")
    (tmp_path / "other.toml").write_text('timezone = "Europe/Rome"\n')
    assert zone("--config", "other.toml") == ("Europe/Rome", False) and options.parse(aggregate, ["--config", "other.toml"]).by == ("date", "team", "task_category")
    monkeypatch.setenv("LLMOPS_TIMEZONE", "")
    assert zone() == ("Europe/Oslo", False)
    monkeypatch.setenv("LLMOPS_TIMEZONE", "+05:30")
    assert zone() == ("+05:30", False) and zone("--timezone", "Z") == ("Z", False)


@pytest.mark.parametrize("setting, said", [
    ('[assemble]\ngap = "soon"', "llmops.toml: assemble.gap: not a length of time: 'soon'"),
    ("[assemble]\nmemory = 0", "llmops.toml: assemble.memory: not a size: '0'"),
    ('on-error = "explode"', "llmops.toml: on-error cannot be 'explode'"),
    ("color = true", "llmops.toml: color cannot be 'True'"),
    ("color = ", "llmops.toml: not TOML"),
])
def test_settings_that_are_wrong_are_said_with_their_place(llmops, tmp_path, setting, said):
    (tmp_path / "llmops.toml").write_text(setting)
    result = llmops("assemble")
    assert result.status == 2 and result.err.startswith(f"llmops: {said}")
    assert llmops("assemble", "--config", "nothing.toml").err == "llmops: nothing.toml: cannot be read: No such file or directory\n"


def test_the_same_option_has_the_same_help_everywhere():
    said: dict[str, set] = {}
    for name in ("ingest", "sanitize", "assemble", "classify", "aggregate"):
        for action in options.parser_for(module_of(name))._actions:
            if action.dest in ("quiet", "verbose", "color", "config", "help", "rejects", "on_error", "timezone", "files"):
                said.setdefault(action.dest, set()).add((tuple(action.option_strings), action.help, action.metavar))
    assert len(said) == 9 and all(len(forms) == 1 for forms in said.values()), said


def test_unknown_words():
    with pytest.raises(UserError, match="did you mean '--timezone'"):
        options.parse(assemble, ["--timezon", "UTC"])


# Decoration -----------------------------------------------------------------------------------------------------------

class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("when, stream, environ, on", [
    ("auto", Terminal(), {}, True), ("auto", io.StringIO(), {}, False), ("auto", Terminal(), {"NO_COLOR": "1"}, False), ("auto", Terminal(), {"NO_COLOR": ""}, True),
    ("auto", Terminal(), {"TERM": "dumb"}, False), ("always", io.StringIO(), {"NO_COLOR": "1"}, True), ("never", Terminal(), {}, False)])
def test_colour(when, stream, environ, on):
    assert (term.style(when, stream, environ)("x", "red") != "x") is on


def progress(stream, times, **settings) -> str:
    clock = iter(times)
    line = term.Progress(stream, lambda: next(clock), **settings)
    for done in range(1, len(times)):
        line.update(done * 1_000_000)
    line.done()
    return stream.getvalue()


def test_progress_on_a_terminal_after_its_first_second():
    shown = progress(Terminal(), [0, 0.5, 0.9, 1.1, 1.15, 2.0], total=10_000_000)
    assert shown == "\r\x1b[K 30%, 3.0 MB at 2.7 MB/s, 3 s left\r\x1b[K 50%, 5.0 MB at 2.5 MB/s, 2 s left\r\x1b[K"


def test_progress_elsewhere():
    assert progress(io.StringIO(), [0, 30, 90]) == ""
    assert progress(Terminal(), [0, 30, 90], quiet=True) == ""
    assert progress(io.StringIO(), [0, 30, 61, 90, 125], verbose=True) == "llmops: 2.0 MB at 32.8 kB/s\nllmops: 4.0 MB at 32.0 kB/s\n"


def test_tables_count_columns_as_a_terminal_does():
    lines = term.table([["名前", "n"], ["ann", "1"], ["e\u0301va", "22"]], right=[1])
    assert [term.width(line) for line in lines] == [8, 8, 8]
    assert term.sparkline([]) == "" and term.sparkline([0, None]) == "▁ " and term.sparkline([1, 8]) == "▁█"
    assert [term.bar(share, 2) for share in (0, 1 / 16, 0.5, 1, 7)] == ["", "▏", "█", "██", "██"]
