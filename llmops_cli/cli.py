"""The front door: a command's name to its module, its run to an exit status. The only place that catches errors.

`llmops --help` imports no command; a command imports only what it uses.
"""

import io
import os
import sys

from .commands import COMMANDS, module_of
from .errors import BROKEN_PIPE, FAILED, INTERRUPTED, OK, DamagedInput, UserError
from .version import VERSION

HELP = """\
usage: llmops COMMAND [OPTION...] [FILE...]

Who uses AI here and for what, what personal data leaked, is it healthy and what
does it cost, what do people think of it, and is the new release safe to keep.
JSONL in, JSONL out: every command is a filter in a pipe.

commands:
{commands}

examples:
    llmops run chat-logs/*.jsonl.gz -o lake/        everything, from logs to reports
    llmops report lake/                             read them
    llmops ingest gateway.jsonl | llmops sanitize | llmops assemble \\
      | llmops classify | llmops aggregate

    llmops COMMAND --help   what a command does, its options, more examples
    llmops --version        the version of the program

exit status: 0 fine, 1 found something or the answer is "no", 2 failed,
  3 finished but not whole, 130 interrupted, 141 the reader of the pipe went away
"""


def help_text() -> str:
    """The front page: every command in a line."""
    return HELP.format(commands="\n".join(f"  {name:<16}{about}" for name, _, about in COMMANDS))


def main(argv: list[str]) -> int:
    """Run one command line and return its exit status; a bug is a traceback."""
    if not argv:
        sys.stderr.write(help_text())
        return FAILED
    if argv[0] == "help":
        argv = [*argv[1:2], "--help"]
    if argv[0] in ("-h", "--help"):
        sys.stdout.write(help_text())
        return OK
    if argv[0] in ("--version", "-V"):
        sys.stdout.write(f"llmops {VERSION}\n")
        return OK
    command = module_of(argv[0])
    from . import options
    args = options.parse(command, argv[1:])
    return command.run(args)


class _ToldToStop(BaseException):
    """A signal asked for the end; unwinds like an error, so that unfinished files are taken away."""


def entry() -> None:
    """The program: errors become a line and a status, and the interpreter ends at once."""
    import gc
    gc.disable()        # records hold no cycles; looking for them costs a tenth of the time
    if None in (sys.stdin, sys.stdout, sys.stderr):
        _stand_in_for_closed_streams()
    # A terminal of few letters is no reason to fail.
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(_StandardOutput(1, "wb", closefd=False)), sys.stdout.encoding, "backslashreplace",
                                  line_buffering=sys.stdout.isatty())
    sys.stderr = io.TextIOWrapper(io.BufferedWriter(_StandardError(2, "wb", closefd=False)), sys.stderr.encoding, "backslashreplace", line_buffering=True)
    status = _guarded(sys.argv[1:])
    # Nothing is left to do but to free memory, which the system does faster.
    os._exit(status)


def _guarded(argv: list[str]) -> int:
    try:
        _heed_signals()
        status = _to_its_end(argv)
    except UserError as error:
        status = _say(f"llmops: {error}", FAILED)
    except DamagedInput as error:       # of a file that must be whole
        status = _say(f"llmops: {error.where and error.where + ': '}the archive is cut short or damaged", FAILED)
    except KeyboardInterrupt:
        status = _say("llmops: interrupted", INTERRUPTED)
    except _ToldToStop as told:
        status = _say("llmops: told to stop", 128 + told.args[0])
    except BrokenPipeError:
        status = BROKEN_PIPE
    except MemoryError:
        status = _say("llmops: out of memory\n  hint: --memory sets how much some commands may hold", FAILED)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        status = _say(f"llmops: {place}{error.strerror or type(error).__name__}", FAILED)
    except Exception:
        import traceback
        status = _say(traceback.format_exc().rstrip(), FAILED)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, UserError):
            pass
    return status


def _to_its_end(argv: list[str]) -> int:
    """The status of a command line, once everything it printed has arrived."""
    try:
        status = main(argv)
    except SystemExit as end:       # argparse, after --help
        status = end.code if isinstance(end.code, int) else FAILED
    sys.stdout.flush()
    return status


class _StandardOutput(io.FileIO):
    """Standard output whose errors say which output it was; a reader that went away stays a BrokenPipeError."""

    def write(self, data) -> int | None:
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise UserError(f"cannot be written: {error.strerror}", where="standard output") from None


class _StandardError(io.FileIO):
    """Standard error, where nobody may be left to read: what cannot be said there ends nothing."""

    def write(self, data) -> int | None:
        try:
            return super().write(data)
        except OSError:
            return len(data)


def _say(line: str, status: int) -> int:
    sys.stderr.write(line + "\n")
    return status


def _heed_signals() -> None:
    import signal

    def stop(number: int, frame: object) -> None:
        raise _ToldToStop(number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:      # nohup has SIGHUP ignored: it stays so
            signal.signal(number, stop)


def _stand_in_for_closed_streams() -> None:
    """Keep files that are opened later from taking the place of a closed stream: what is read there is nothing, what is
    written to standard output fails, and standard error is silent."""
    while (place := os.open(os.devnull, os.O_RDONLY)) < 3:
        pass
    os.close(place)
    sys.stdout = sys.stdout or open(1, "w", closefd=False)
    sys.stderr = sys.stderr or open(os.devnull, "w")
