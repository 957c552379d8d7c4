"""Put the values back that `sanitize --as hash --vault FILE` took out.

Every token that the vault knows becomes its value again; all else stays byte for
byte. A token that it does not know stays, is counted, and the exit status is 3.
"""

import argparse

from .. import options, term
from ..errors import OK, PARTIAL
from ..pii import vault
from ..storage import open_source
from ..storage.local import refuse_shared

EXAMPLES = """
llmops sanitize --as hash --vault vault.jsonl chat.jsonl -o clean.jsonl; llmops restore --vault vault.jsonl clean.jsonl
grep -h ticket-81 answers.txt | llmops restore --text --vault vault.jsonl
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_streams(parser, output="the restored lines")
    parser.add_argument("--vault", metavar="FILE", required=True, help="what sanitize --vault wrote")
    parser.add_argument("--text", action="store_true", help="the input is plain text, not JSON")


def run(args: argparse.Namespace) -> int:
    refuse_shared({"-o": args.output, "--rejects": args.rejects}, [args.vault])
    source = open_source(args.vault)
    with source.stream as lines:
        restorer = vault.Restorer(vault.read(lines, args.vault), as_text=args.text)
    with options.streams(args) as (reader, output):
        reader.blank = args.text
        for raw in reader.lines():
            output.write(restorer.line(raw) + b"\n")
    unknown = f", {term.count(restorer.unknown, 'token')} not in the vault" if restorer.unknown else ""
    options.notice(args)(f"{term.count(restorer.restored, 'value')} restored{unknown}")
    return PARTIAL if restorer.unknown or reader.rejects.count else OK
