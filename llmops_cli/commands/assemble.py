"""Make conversations of events: one line a conversation, its messages in order of time.

Events are grouped by conversation_id; those without one by user_id, a silence
longer than --gap beginning a new conversation (marked conversation_inferred).
Messages seen before (the same message_id, or without one the same time, role and
content) are dropped and counted. Lines come out in the order of their first
event, then of their id. Memory is bounded: beyond --memory the sorting goes to
temporary files, with the same result.
"""

import argparse
import gc
import os

from .. import options
from ..errors import OK, PARTIAL
from ..logs.assemble import Assembler
from ..storage.compression import kind_of_name
from ..storage.local import refuse_shared
from ..term import count

EXAMPLES = """
llmops ingest gateway.jsonl.gz | llmops sanitize | llmops assemble -o conversations.jsonl
llmops assemble --gap 2h --timezone Europe/Oslo events.jsonl
llmops assemble --turns events.jsonl          # each question with its reply on a line of its own
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_streams(parser, output="the conversations")
    parser.add_argument("--gap", type=options.duration, metavar="TIME", help="silence that ends a conversation without an id (default: 30m)")
    parser.add_argument("--memory", type=options.byte_size, metavar="SIZE", help="what may be held before sorting goes to disk (default: 256M)")
    parser.add_argument("--turns", action="store_true", help="each question with its reply as a record of its own, numbered `turn`")
    options.add_calendar(parser)


def run(args: argparse.Namespace) -> int:
    refuse_shared({"--rejects": args.rejects}, args.files)
    assembler = Assembler(options.calendar(args), gap=args.gap, memory=args.memory, turns=args.turns, expected=_expected(args.files))
    made = 0
    gc.disable()        # millions of tuples are held and none of them in a circle: looking for circles takes a fifth of the time
    with options.streams(args) as (reader, output):
        for event in reader:
            problem = assembler.take(event, reader.raw.strip())
            if problem:
                reader.reject(problem)
        for conversation in assembler.conversations():
            output.writelines(conversation.parts())
            output.write(b"\n")
            made += 1
    if assembler.repeated or args.verbose:
        options.notice(args)(f"{count(assembler.events, 'event')}, {count(made, 'conversation')}, "
                             f"{count(assembler.repeated, 'repeated message')} dropped")
    return PARTIAL if reader.rejects.count else OK


def _expected(files: list[str]) -> int | None:
    """The bytes of the inputs, None where they are not known beforehand."""
    if not files or any(kind_of_name(file) or not os.path.isfile(file) for file in files):
        return None
    return sum(map(os.path.getsize, files))
