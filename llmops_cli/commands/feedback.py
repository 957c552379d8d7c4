"""What people think of the answers: collected, summed up, and theirs to see, mend and erase.

The store is one append-only file of JSON lines on a local disk (--store,
.llmops/feedback.jsonl when nothing else is said). Many processes may add at
once; what was said to be kept is on the disk. Texts are sanitized before they
are stored, and an id of a person that is itself personal becomes a pseudonym.

Verdicts join messages and conversations by their ids: give the store to
aggregate --feedback and rollback-check --feedback, and logs to --logs here.
"""

import argparse
import csv
import os
import sys
from typing import Any, Callable, Iterator

from .. import options
from ..errors import OK, PARTIAL, UserError
from ..jsonl import Rejects, dump
from ..storage import create

EXAMPLES = """
llmops feedback add --rating up --message-id m_456
llmops feedback add --type bug --text 'the totals are wrong' --conversation-id c_123 --user u_789
llmops feedback import langfuse-scores.jsonl
llmops feedback summary --by team --logs 'conversations.jsonl'
llmops feedback list --type safety --since 2026-03-01
llmops feedback export --format pairs --logs conversations.jsonl -o pairs.jsonl
llmops feedback show --user ann@example.org
llmops feedback correct fb-1f0c4c9e2d3b5a68 --rating down
llmops feedback erase --user ann@example.org
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = options.add_verbs(parser)
    add = verbs("add", "keep one verdict; on a terminal, what is missing is asked for")
    _add_values(add)
    bring = verbs("import", "bring in JSON lines, JSON or CSV: our keys, Langfuse, Helicone, Open WebUI, LibreChat, ChatGPT, LangSmith, events")
    bring.add_argument("files", nargs="*", metavar="FILE", help="exports, plain or compressed; none or - is standard input")
    bring.add_argument("--scale", choices=("thumbs", "stars"), default="thumbs", help="what a tool's number means: 1, 0 and -1 (default), or 1 to 5")
    options.add_reject_options(bring)
    show_all = verbs("list", "the verdicts, the newest last")
    _add_choice(show_all)
    show_all.add_argument("--json", action="store_true", help="JSON lines, whole, in place of a table")
    total = verbs("summary", "counts, the share that is up with its range, weeks, what people talk about")
    total.add_argument("--by", type=options.names, metavar="KEYS", help="groups: type (default), team, task_category, model, release, week, month, date")
    _add_choice(total)
    total.add_argument("--logs", nargs="+", default=[], metavar="FILE", help="conversations or events that know team, task and model by id")
    options.add_calendar(total, weeks=True)
    total.add_argument("--json", action="store_true", help="one JSON object in place of text")
    out = verbs("export", "the verdicts for others: JSON lines, CSV, or pairs to train with")
    _add_choice(out)
    out.add_argument("--format", choices=("jsonl", "csv", "pairs"), default="jsonl", help="pairs: prompt, completion, label, comment (default: jsonl)")
    out.add_argument("--logs", nargs="+", default=[], metavar="FILE", help="conversations with the words, for pairs")
    show = verbs("show", "everything that is held of one person")
    correct = verbs("correct", "put one verdict right")
    correct.add_argument("id", metavar="ID", help="its feedback_id, as list and show print it")
    _add_values(correct)
    erase = verbs("erase", "take out everything of one person, for good; a dated line without content stays")
    erase.add_argument("--yes", action="store_true", help="do not ask on a terminal")
    for verb in (show, erase):
        verb.add_argument("--user", required=True, metavar="ID", help="the person, as typed or as the pseudonym")
    for verb, what in ((show_all, "the verdicts"), (total, "the summary"), (out, "the verdicts"), (show, "what is held")):
        options.add_output(verb, what)
    for verb in (add, bring, show_all, total, out, show, correct, erase):
        verb.add_argument("--store", metavar="FILE", help="the store (default: .llmops/feedback.jsonl)")


def _add_values(verb: argparse.ArgumentParser) -> None:
    from ..feedback.record import RATINGS, TYPES
    verb.add_argument("--type", choices=TYPES, help="what it is (default: other)")
    verb.add_argument("--rating", choices=RATINGS, help="up, down, or 1 to 5")
    verb.add_argument("--text", metavar="TEXT", help="in words; - reads them from standard input")
    verb.add_argument("--user", metavar="ID", help="who says so")
    verb.add_argument("--message-id", metavar="ID", help="about which reply")
    verb.add_argument("--conversation-id", metavar="ID", help="about which conversation")
    verb.add_argument("--release", metavar="NAME", help="about which release")
    verb.add_argument("--team", metavar="NAME", help="from which team")


def _add_choice(verb: argparse.ArgumentParser) -> None:
    from ..feedback.record import TYPES
    verb.add_argument("--type", choices=TYPES, help="only of this type")
    verb.add_argument("--since", type=options.date, metavar="DATE", help="only from this date on (UTC)")
    verb.add_argument("--until", type=options.date, metavar="DATE", help="only up to and with this date")


def run(args: argparse.Namespace) -> int:
    return VERBS[args.verb](args)


# One function a verb --------------------------------------------------------------------------------------------------

def add(args: argparse.Namespace) -> int:
    from ..feedback import record
    said = _values(args)
    if sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty() and not args.quiet:
        _ask(said)
    kept = _sanitized(args, record.make(said, identity=_new_id(), now=_now()))
    _store(args).append([kept])
    sys.stdout.buffer.write(dump(kept) + b"\n")
    return OK


def bring(args: argparse.Namespace) -> int:
    from ..feedback.importing import Importer
    from ..storage.local import refuse_shared
    refuse_shared({"--rejects": args.rejects}, [args.store, *args.files])
    say, store = options.notice(args), _store(args)
    with options.rejecting(args, say) as rejects:
        importer = Importer(store, _sanitizer(args).record, rejects, scale=args.scale, now=_now())
        for address in options.inputs(args):
            from ..storage import open_source
            source = open_source(address)
            importer.take(source.name, source.stream)
        importer.finish()
    say(importer.said())
    return PARTIAL if rejects.count else OK


def show_all(args: argparse.Namespace) -> int:
    from ..feedback import text
    rejects = _rejects(args)
    chosen = _chosen(args, rejects)
    with _output(args) as output:
        if args.json:
            output.writelines(dump(record) + b"\n" for record in chosen)
        else:
            output.write(_printed(text.listing(list(chosen), options.paint(args))))
    return PARTIAL if rejects.count else OK


def summarize(args: argparse.Namespace) -> int:
    from ..feedback import text
    from ..feedback.joining import Joiner
    from ..feedback.summary import ALIASES, BY, Summary
    by = tuple(ALIASES.get(key, key) for key in args.by or ("type",))
    for key in by:
        if key not in BY:
            from ..errors import nearest
            raise UserError(f"summary: cannot group by {key!r}", hint=nearest(key, list(BY)))
    rejects = _rejects(args)
    joiner = Joiner(_chosen(args, Rejects(lambda line: None)) if args.logs else ())
    joiner.read(_logs(args, rejects))
    total = Summary(by, options.calendar(args), joiner.of)
    for record in _chosen(args, rejects):
        total.add(record)
    document = total.document()
    with _output(args) as output:
        output.write(dump(document) + b"\n" if args.json else _printed(text.summary(document, by, options.paint(args))))
    return PARTIAL if rejects.count else OK


def export(args: argparse.Namespace) -> int:
    from ..feedback.joining import pairs
    from ..feedback.record import KEYS, share
    if args.format == "pairs" and not args.logs:
        raise UserError("export --format pairs: needs --logs, conversations with the words", hint="llmops assemble makes them")
    rejects = _rejects(args)
    with _output(args) as output:
        if args.format == "csv":
            import io
            lines = io.StringIO(newline="")
            table = csv.writer(lines)
            table.writerow(KEYS)
            for record in _chosen(args, rejects):
                table.writerow([_cell(record.get(key)) for key in KEYS])
                output.write(lines.getvalue().encode("utf-8", "backslashreplace"))
                lines.seek(0)
                lines.truncate()
            output.write(lines.getvalue().encode())
        elif args.format == "pairs":
            output.writelines(dump(pair) + b"\n" for pair in pairs(_logs(args, rejects, "messages"), _chosen(args, rejects), share))
        else:
            output.writelines(dump(record) + b"\n" for record in _chosen(args, rejects))
    return PARTIAL if rejects.count else OK


def show(args: argparse.Namespace) -> int:
    store, rejects = _store(args), _rejects(args)
    mine, held = _person(args), 0
    with _output(args) as output:
        for record in _read(store, rejects):
            if _is_of(record, mine):
                held += 1
                output.write(dump(record) + b"\n")
    if not held:
        options.notice(args)("nothing is held of that person")
    return PARTIAL if rejects.count else OK


def correct(args: argparse.Namespace) -> int:
    from ..feedback import record
    from ..records import utc_stamp
    said = _values(args)
    if not said:
        raise UserError("correct: nothing to change", hint="--rating, --text, --type and so on say what is right")
    now, found = _now(), []

    def mended(old: dict[str, Any]) -> dict[str, Any]:
        if old.get("feedback_id") != args.id:
            return old
        others = {key: value for key, value in old.items() if key not in record.KEYS}
        new = _sanitized(args, record.make({**old, **said}, identity=args.id, now=now)) | others | {"corrected_at": utc_stamp(now)}
        found.append(new)
        return new

    store = _store(args)
    if store.exists():
        store.rewrite(mended)
    if not found:
        raise UserError(f"no verdict has the id {args.id!r}" if args.id.startswith("fb-") else "no verdict has that id", where=store.path,
                        hint="llmops feedback list prints the ids")
    sys.stdout.buffer.write(dump(found[0]) + b"\n")
    return OK


def erase(args: argparse.Namespace) -> int:
    from ..feedback.record import ERASURE
    from ..records import utc_stamp
    store, stamp, tomb, broken = _store(args), utc_stamp(_now()), {}, 0
    if store.exists():
        mine = _person(args)
        if not args.yes and sys.stdin is not None and sys.stdin.isatty():
            held = sum(_is_of(record, mine) for record in store.read())
            sys.stderr.write(f"Erase {held:,} verdicts of that person for good? [y/N] ")
            sys.stderr.flush()
            if sys.stdin.readline().strip().lower() not in ("y", "yes"):
                raise UserError("erase: nothing was erased")
        tomb = {"event_time": stamp, "type": ERASURE, "erased": 0}

        def kept(record: dict[str, Any]) -> dict[str, Any] | None:
            if not _is_of(record, mine):
                return record
            tomb["erased"] += 1
            return None

        _, broken = store.rewrite(kept, after=(tomb,), keep_broken=False)
    if broken:
        options.notice(args)(f"{store.path}: {broken} lines were no records, so nobody knows whose: taken out as well")
    sys.stdout.buffer.write(dump({"erased": tomb.get("erased", 0), "event_time": stamp, "store": store.path}) + b"\n")
    return OK


VERBS: dict[str, Callable[[argparse.Namespace], int]] = {
    "add": add, "import": bring, "list": show_all, "summary": summarize, "export": export, "show": show, "correct": correct, "erase": erase}


# What they share ------------------------------------------------------------------------------------------------------

def _store(args: argparse.Namespace) -> Any:
    from ..feedback.store import Store
    store = Store(args.store, options.notice(args))
    store.refuse_other()
    return store


def _output(args: argparse.Namespace) -> Any:
    """Where rows go: anywhere but over the store, where erasures and what was not chosen would be lost."""
    if args.output and os.path.realpath(args.output) == os.path.realpath(args.store) and os.path.isfile(args.store):
        raise UserError("-o and the store are the same file", where=args.output, hint="name another: the store is rewritten by correct and erase alone")
    return create(args.output)


def _printed(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")


def _now() -> Any:
    from datetime import datetime, timezone
    return datetime.now(timezone.utc).replace(microsecond=0)


def _new_id() -> str:
    return "fb-" + os.urandom(8).hex()


def _sanitized(args: argparse.Namespace, record: dict[str, Any]) -> dict[str, Any]:
    """A record of ours without personal data. Of most a glance says that there is none; the detectors take 50 ms to load."""
    from ..pii.dull import is_dull
    said = {key: value for key, value in record.items() if key != "feedback_id"}      # random, whatever it may look like
    return record if is_dull(said) else {**record, **_sanitizer(args).record(said)}


def _sanitizer(args: argparse.Namespace) -> Any:
    from ..keys import HashKey
    from ..pii.records import Sanitizer
    from ..pii.redaction import Redactor
    return Sanitizer(options.scanner(argparse.Namespace(**{**vars(args), **_DETECTORS})), Redactor(), key_source=HashKey(os.environ, options.notice(args)))


_DETECTORS = dict.fromkeys(("only", "skip", "rules", "deny", "allow"))


def _values(args: argparse.Namespace) -> dict[str, Any]:
    """What was typed, by the keys of a verdict."""
    text = args.text
    if text == "-":
        if sys.stdin is None:
            raise UserError("standard input is closed", hint="--text 'in words', or pipe the words in")
        text = sys.stdin.read().removeprefix("\ufeff")
    said = {"type": args.type, "rating": args.rating, "text": text, "user_id": args.user, "message_id": args.message_id,
            "conversation_id": args.conversation_id, "release": args.release, "team": args.team}
    return {key: value for key, value in said.items() if value is not None}


def _ask(said: dict[str, Any]) -> None:
    """Ask on the terminal for what is missing; an empty answer is none."""
    from ..feedback.record import RATINGS, TYPES
    for key, question, choices in (("rating", "Rating, up, down or 1 to 5", RATINGS), ("type", f"Type, {', '.join(TYPES)}", TYPES), ("text", "In words", ())):
        while key not in said:
            sys.stderr.write(f"{question} (Enter for none): ")
            sys.stderr.flush()
            answer = sys.stdin.readline()
            word = answer.strip()
            if not word:
                break
            if choices and word.lower() not in choices:
                sys.stderr.write(f"one of: {', '.join(choices)}\n")
                continue
            said[key] = word.lower() if choices else word


def _rejects(args: argparse.Namespace) -> Rejects:
    return Rejects(options.notice(args))


def _read(store: Any, rejects: Rejects) -> Iterator[dict[str, Any]]:
    return store.read(lambda line, why, raw: rejects.add(store.path, line, why, 0, raw))


def _chosen(args: argparse.Namespace, rejects: Rejects) -> Iterator[dict[str, Any]]:
    """The verdicts of the store that the options choose; no tombstones."""
    from ..feedback.record import ERASURE
    from ..records import refuse_backwards
    refuse_backwards(args.since, args.until)
    for record in _read(_store(args), rejects):
        day = str(record.get("event_time"))[:10]
        if record.get("type") != ERASURE and (not args.type or record.get("type") == args.type) \
                and (not args.since or day >= args.since) and (not args.until or day <= args.until):
            yield record


def _logs(args: argparse.Namespace, rejects: Rejects, needs: str = "") -> Iterator[dict[str, Any]]:
    """The records of --logs."""
    from ..jsonl import Reader
    from ..storage import open_source
    reader = Reader((open_source(address) for address in args.logs), rejects)
    for record in reader:
        if needs and not isinstance(record.get(needs), list):
            reader.reject("not a conversation (llmops assemble makes them)")
        else:
            yield record


def _person(args: argparse.Namespace) -> set[str]:
    """How a person may be called in the store: as typed, and as what sanitizing makes of that."""
    from ..keys import HashKey, alias
    name = args.user.strip()
    return {name, alias(HashKey(os.environ, options.notice(args)))("user_id", name)}


def _is_of(record: dict[str, Any], mine: set[str]) -> bool:
    """Whether a verdict is of a person; one that others wrote into the store may say a number."""
    return record.get("user_id") is not None and str(record["user_id"]) in mine


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value not in ("up", "down") else value
