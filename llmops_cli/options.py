"""Options that mean the same on every command, and what commands make of them: inputs, outputs, rejects, notices."""

import argparse
import os
import re
import sys
import time
from contextlib import ExitStack, contextmanager
from typing import Any, BinaryIO, Callable, Iterator

from . import config, storage, term
from .errors import UserError, closest
from .jsonl import Reader, Rejects, dump
from .records import Calendar
from .wire import World


class Parser(argparse.ArgumentParser):
    """argparse whose errors are ours."""

    def error(self, message: str):
        raise UserError(f"{self.prog.partition(' ')[2]}: {message}", hint=f"{self.prog} --help")

    def _print_message(self, message: str, file: Any = None) -> None:
        (file or sys.stderr).write(message)     # argparse would say nothing of a full disk


def parser_for(command: Any) -> Parser:
    """The parser of a command module: its docstring is the help, EXAMPLES stand below the options."""
    name = command.__name__.rpartition(".")[2].replace("_", "-")
    parser = Parser(prog=f"llmops {name}", description=command.__doc__.strip(), add_help=False, allow_abbrev=False,
                    formatter_class=argparse.RawDescriptionHelpFormatter,
                    epilog="examples:\n" + "\n".join(f"  {line}" for line in command.EXAMPLES.strip().splitlines()))
    command.add_arguments(parser)
    _add_shared(parser)
    return parser


def _add_shared(parser: argparse.ArgumentParser, **default: str) -> None:
    shared = parser.add_argument_group("on every command")
    shared.add_argument("-q", "--quiet", action="store_true", help="no notices on standard error, only errors", **default)
    shared.add_argument("-v", "--verbose", action="store_true", help="say more; progress also without a terminal", **default)
    shared.add_argument("--color", choices=("auto", "always", "never"), help="colour (auto: on a terminal)", **default)
    shared.add_argument("--config", metavar="FILE", help="settings file in place of ./llmops.toml", **default)
    shared.add_argument("-h", "--help", action="help", help="this page")


def add_verbs(parser: argparse.ArgumentParser) -> Callable[[str, str], argparse.ArgumentParser]:
    """A function that gives a command one more verb with options of its own; the one typed is `args.verb`."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, help="what to do; VERB --help says more")

    def add(name: str, about: str) -> argparse.ArgumentParser:
        verb = verbs.add_parser(name, help=about, description=about[:1].upper() + about[1:] + ".", add_help=False, allow_abbrev=False,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
        _add_shared(verb, default=argparse.SUPPRESS)
        return verb
    return add


def add_streams(parser: argparse.ArgumentParser, *, output: str = "the rows") -> None:
    """FILE..., -o, and what happens to bad lines: for every command that is a filter."""
    parser.add_argument("files", nargs="*", metavar="FILE", help="inputs: files or s3://, plain or .gz .bz2 .xz; none or - is standard input")
    add_output(parser, output)
    add_reject_options(parser)


def add_output(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", help=f"write {what} there when whole (default: standard output)")


def add_reject_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rejects", metavar="FILE", help="list lines that were not taken: place, reason, masked text")
    parser.add_argument("--on-error", choices=("skip", "stop"), help="a bad line: skip it and exit 3 at the end (default), or stop with 2")


def add_calendar(parser: argparse.ArgumentParser, *, weeks: bool = False) -> None:
    parser.add_argument("--timezone", metavar="TZ", help="where days begin: UTC (default), Europe/Oslo, +05:30")
    if weeks:
        parser.add_argument("--week-start", choices=("mon", "sun"), help="first day of a week (default: mon, ISO 8601)")


def parse(command: Any, argv: list[str]) -> argparse.Namespace:
    """Flags first, then the environment and the settings files, then defaults."""
    parser = parser_for(command)
    known = parser.parse_known_args if _has_subcommands(parser) else parser.parse_known_intermixed_args
    try:
        args, unknown = known(argv)
    except UserError:
        _refuse(parser, _unheard_of(parser, argv))      # what nobody knows is more telling than what is missing
        raise
    parser = args.parser = _of_verb(parser, args)
    _refuse(parser, unknown)
    args.settings = config.load(os.environ, args.config)
    args.defaulted = set()      # settings that nobody set
    _fill_in(args, parser, getattr(command, "SETTINGS_OF", ()))
    storage.reach(world(args))
    return args


def world(args: argparse.Namespace) -> World:
    """What rooms that talk to servers are handed."""
    return World(os.environ, time.time, time.monotonic, time.sleep, _chance, notice(args))


def _of_verb(parser: Parser, args: argparse.Namespace) -> Parser:
    """The parser of the verb that was typed, of a command that has verbs."""
    return next((action.choices[args.verb] for action in parser._actions if isinstance(action, argparse._SubParsersAction)), parser)


def _chance() -> float:
    """A number from 0 to 1. (The module of random numbers takes its time to import, and few need it.)"""
    from random import random
    return random()


def _refuse(parser: Parser, unknown: list[str]) -> None:
    """Say which word was not understood, and what is nearest to it."""
    for word in unknown:
        if word[:1] == "-":
            word = word.partition("=")[0]
            close = closest(word, [flag for action in parser._actions for flag in action.option_strings if flag[:2] == "--"])
            raise UserError(f"{parser.prog.partition(' ')[2]}: unknown option {word!r}",
                            hint=f"did you mean {close!r}?" if close else f"{parser.prog} --help lists them")
    if unknown:
        parser.error(f"{unknown[0]!r} is one word too many")


def _unheard_of(parser: argparse.ArgumentParser, argv: list[str]) -> list[str]:
    """The long options typed that the command and its verbs do not have."""
    parsers = [parser, *(verb for action in parser._actions if isinstance(action, argparse._SubParsersAction) for verb in action.choices.values())]
    known = {flag for one in parsers for action in one._actions for flag in action.option_strings} | {"--"}
    return [word for word in argv if word[:2] == "--" and word.partition("=")[0] not in known]


def _has_subcommands(parser: argparse.ArgumentParser) -> bool:
    return any(isinstance(action, argparse._SubParsersAction) for action in parser._actions)


def _fill_in(args: argparse.Namespace, parser: argparse.ArgumentParser, borrowed: tuple[str, ...]) -> None:
    """Give each option that was not typed the value of its setting, of this command or of those it does the work of."""
    command = parser.prog.split(" ")[1]
    keys = {setting.key for setting in config.SETTINGS}
    for action in parser._actions:
        name = action.option_strings[-1].lstrip("-") if action.option_strings else ""
        key = next((key for key in (f"{command}.{name}", name, *(f"{other}.{name}" for other in borrowed)) if key in keys), None)
        if key is None or getattr(args, action.dest, None) is not None:
            continue
        value, origin = args.settings.get(key)
        if value is None:
            continue
        if origin == "default":
            args.defaulted.add(key)
        if action.choices and value not in action.choices:
            raise UserError(f"{key} cannot be {value!r}", where=origin, hint="one of: " + ", ".join(action.choices))
        try:
            setattr(args, action.dest, action.type(value) if action.type else value)
        except (argparse.ArgumentTypeError, ValueError, TypeError) as error:
            raise UserError(f"{key}: {error}", where=origin) from None


# Values ---------------------------------------------------------------------------------------------------------------

def duration(text: str) -> float:
    """Seconds of `90`, `45s`, `30m`, `2h`, `1d`, `1w`.

    >>> duration("30m"), duration("1.5h")
    (1800.0, 5400.0)
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|min|h|d|w)?", text.strip())
    if not match:
        raise argparse.ArgumentTypeError(f"not a length of time: {text!r} (as 45s, 30m, 2h, 1d)")
    unit = {"ms": 0.001, None: 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}[match[2]]
    return float(match[1]) * unit


def byte_size(text: str) -> int:
    """Bytes of `4096`, `64k`, `256M`, `2G`.

    >>> byte_size("256M")
    268435456
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgKMG]?)i?[bB]?", text.strip())
    if not match or float(match[1]) <= 0:
        raise argparse.ArgumentTypeError(f"not a size: {text!r} (as 64k, 256M, 2G)")
    return int(float(match[1]) * 1024 ** " kmg".index(match[2].lower() or " "))


def date(text: str) -> str:
    """A calendar date, `2026-01-03`."""
    from datetime import date as calendar_date
    try:
        return calendar_date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a date: {text!r} (as 2026-01-03)") from None


def names(text: str) -> tuple[str, ...]:
    """Names with commas between.

    >>> names("date, team")
    ('date', 'team')
    """
    return tuple(name.strip() for name in text.split(",") if name.strip())


def whole(text: str) -> int:
    """A whole number from 1."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"not a whole number from 1: {text!r}")
    return int(text)


def dollars(text: str) -> float:
    """An amount of dollars, more than nothing.

    >>> dollars("$2.50")
    2.5
    """
    try:
        amount = float(text.strip().removeprefix("$"))
    except ValueError:
        amount = 0.0
    if not 0 < amount < 1e9:
        raise argparse.ArgumentTypeError(f"not an amount of dollars: {text!r} (as 2.50)")
    return amount


def share(text: str) -> float:
    """A share from 0 to 1, also written as a percentage.

    >>> share("0.7"), share("70%")
    (0.7, 0.7)
    """
    try:
        value = float(text.strip().removesuffix("%")) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"not a share from 0 to 1: {text!r} (as 0.7)")
    return value


def days(text: str) -> int:
    """A number of days from 0."""
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"not a number of days: {text!r}")
    return int(text)


def calendar(args: argparse.Namespace) -> Calendar:
    return Calendar(args.timezone, getattr(args, "week_start", None) or "mon")


# Streams --------------------------------------------------------------------------------------------------------------

def notice(args: argparse.Namespace) -> Callable[[str], None]:
    """A function that says a line on standard error, or nothing with -q."""
    def say(line: str) -> None:
        if not args.quiet and line:
            progress = getattr(args, "progress", None)
            if progress:
                progress.done()
            sys.stderr.write(f"llmops: {line}\n")
    return say


def paint(args: argparse.Namespace, stream: Any = None) -> term.Style:
    stream = stream or sys.stdout
    in_file = stream is sys.stdout and getattr(args, "output", None) not in (None, "-")
    return term.style("never" if in_file and args.color == "auto" else args.color, stream, os.environ)


@contextmanager
def streams(args: argparse.Namespace, open_sources: "OpenSources | None" = None) -> Iterator[tuple[Reader, BinaryIO]]:
    """The records of the inputs and where the rows go; notices, rejects and progress are taken care of.
    `open_sources` makes one address several inputs (a folder, an archive)."""
    say = notice(args)
    with ExitStack() as stack:
        output = stack.enter_context(storage.create(args.output))
        rejects = stack.enter_context(rejecting(args, say))
        yield reader(args, rejects, output.flush, open_sources), output
    args.progress.done()


def inputs(args: argparse.Namespace) -> list[str]:
    """The addresses of `args.files`, or standard input when none is named and it is no terminal."""
    addresses = args.files or ["-"]
    if "-" in addresses and sys.stdin is not None and sys.stdin.isatty() and not args.files:
        needed = "".join(f"{action.option_strings[-1]} {action.metavar} " for action in args.parser._actions if action.option_strings and action.required)
        raise UserError(f"no input: usage: {args.parser.prog} {needed}[OPTION...] [FILE...]",
                        hint=f"name files, or pipe records in; {args.parser.prog} --help shows options and examples")
    if sys.stdin is None and "-" in addresses:
        raise UserError("standard input is closed", hint="name files, or pipe records in")
    return addresses


def reader(args: argparse.Namespace, rejects: Rejects, on_wait: Callable[[], None] | None = None,
           open_sources: "OpenSources | None" = None) -> Reader:
    """The records of `args.files`, or of standard input when none is named."""
    addresses = inputs(args)
    total = sum(os.path.getsize(address) for address in addresses if os.path.isfile(address))
    args.progress = term.Progress(sys.stderr, time.monotonic, total=total or None, quiet=args.quiet, verbose=args.verbose)
    return Reader(_sources(args, addresses, on_wait, open_sources or _one_source), rejects)


OpenSources = Callable[[str, Callable[[], None] | None], Iterator[storage.Source]]


def _one_source(address: str, on_wait: Callable[[], None] | None) -> Iterator[storage.Source]:
    yield storage.open_source(address, on_wait)


def _sources(args: argparse.Namespace, addresses: list[str], on_wait: Callable[[], None] | None, open_sources: OpenSources) -> Iterator[storage.Source]:
    done = 0
    for address in addresses:
        for source in open_sources(address, on_wait):
            yield source._replace(stream=storage.Watched(source.stream, lambda: args.progress.update(done + source.consumed())))
            done += source.size or 0


@contextmanager
def rejecting(args: argparse.Namespace, say: Callable[[str], None]) -> Iterator[Rejects]:
    """The rejects of a command, listed in `--rejects FILE` when that is given, summed up at the end."""
    with ExitStack() as stack:
        keep = mask = None
        if args.rejects:
            storage.local.refuse_shared({"-o": getattr(args, "output", None) or "-", "--rejects": args.rejects})
            storage.local.refuse_shared({"--rejects": args.rejects}, args.files)
            listing = stack.enter_context(storage.create(args.rejects))
            keep, mask = lambda reject: listing.write(dump(reject) + b"\n"), masker(args)
        rejects = Rejects(say, stop=args.on_error == "stop", keep=keep, mask=mask)
        yield rejects
    say(rejects.summary())


# Personal data --------------------------------------------------------------------------------------------------------

def add_detectors(parser: Any) -> None:
    """What is looked for, beside the kinds that the program knows."""
    parser.add_argument("--only", type=names, metavar="KINDS", help="look for these kinds only, with commas between")
    parser.add_argument("--skip", type=names, metavar="KINDS", help="leave these kinds alone")
    parser.add_argument("--rules", metavar="FILE", help="TOML: detectors of your own, detectors switched off (docs/privacy.md)")
    parser.add_argument("--deny", metavar="FILE", help="values that are always removed, one a line: project names, customers")
    parser.add_argument("--allow", metavar="FILE", help="values that are kept, one a line, or /patterns/ of whole values")


def detectors(args: argparse.Namespace) -> tuple:
    """The detectors that the options choose, those of --rules among them."""
    from .pii import catalogue
    known = catalogue.from_rules_file(args.rules) if args.rules else catalogue.DETECTORS
    return catalogue.choose(args.only or (), args.skip or (), known)


def scanner(args: argparse.Namespace) -> Any:
    """What finds them, with the lists of --deny and --allow."""
    from .pii.scanner import Scanner
    return Scanner(detectors(args), deny=_entries(args.deny), allow=_entries(args.allow))


def scanner_of_settings(args: argparse.Namespace, skip: tuple[str, ...] = ()) -> Any:
    """The same with what the table [sanitize] of the settings says, where no options do."""
    own = {name: args.settings.get(f"sanitize.{name}").value for name in ("rules", "deny", "allow")}
    return scanner(argparse.Namespace(only=(), skip=skip, **own))


def _entries(path: str | None) -> list[str]:
    if not path:
        return []
    from .pii.wordlists import entries
    with storage.open_source(path).stream as lines:
        try:
            return entries(line.decode("utf-8-sig") for line in lines)
        except UnicodeDecodeError:
            raise UserError("not UTF-8", where=path) from None


def masker(args: argparse.Namespace | None = None) -> Callable[[str], str]:
    """A function that takes everything personal out of a text, and what --deny and --rules name."""
    from .pii.redaction import masked
    everything = scanner(argparse.Namespace(**dict.fromkeys(("only", "skip", "rules", "deny", "allow"))))
    finders = [scanner(args), everything] if hasattr(args, "deny") else [everything]
    return lambda text: masked(text, finders)


@contextmanager
def opened_lake(address: str, *, begun: bool = False) -> Iterator[Any]:
    """The lake at an address: a folder, `begun` already if so said, or a prefix of a bucket that is worked on in a scratch folder here."""
    from .pipeline.lake import Lake, refuse_no_lake
    if not storage.is_remote(address):
        if begun:
            refuse_no_lake(address)
        yield Lake(address)
        return
    import socket
    from tempfile import TemporaryDirectory
    from .pipeline.bucket import Objects
    from .pipeline.remote import Clock, RemoteLake
    with TemporaryDirectory(prefix="llmops-lake-") as scratch:
        yield RemoteLake(Objects(address), scratch, f"process {os.getpid()} on {socket.gethostname()}", Clock(time.time, time.sleep))
