"""The whole pipeline on Apache Spark: the package's own functions on each partition, and the metrics, byte for byte, of one machine.

    spark-submit examples/spark/pipeline.py OUT LOG... [--partitions N] [--timezone TZ]
    python3 examples/spark/pipeline.py /tmp/out examples/logs/*.jsonl.gz --master 'local[2]'

A log is any file or s3:// object that `llmops ingest` takes, and the unit of the first stage: formats remember what stood
before a line. Workers need the package (`pip install .`, or the checkout on PYTHONPATH) and nothing else; ids that are
personal need the same $LLMOPS_HASH_KEY on each of them.

    read, sanitize       a map over logs
    assemble, classify   one shuffle by conversation, then a map over partitions
    aggregate            tallies of each partition, added up by the driver: in any order they make the same bytes
"""

import argparse
import json
import os
import random
import time
from pathlib import Path
from typing import Any, Iterator
from zlib import crc32

from llmops_cli import storage
from llmops_cli.classify.label import judge, keys
from llmops_cli.classify.local import Model
from llmops_cli.classify.snippet import snippet
from llmops_cli.jsonl import Reader, Rejects, dump, parse
from llmops_cli.keys import HashKey
from llmops_cli.llm.prices import Prices
from llmops_cli.logs.assemble import Assembler, group_of
from llmops_cli.logs.ingest import Ingest
from llmops_cli.logs.pricing import Pricing
from llmops_cli.logs.sources import open_sources
from llmops_cli.metrics.aggregate import BY, Aggregator, daily
from llmops_cli.pii import catalogue
from llmops_cli.pii.records import Sanitizer
from llmops_cli.pii.redaction import Redactor
from llmops_cli.pii.scanner import Scanner
from llmops_cli.records import Calendar
from llmops_cli.wire import World

Placed = tuple[tuple[str, int, int], bytes]     # (conversation, number of the log, place in it), the event's line


def sanitized(logs: Iterator[tuple[int, str]]) -> Iterator[Placed]:
    """The events of some logs, without personal data, each under its conversation and its place."""
    storage.reach(World(os.environ, time.time, time.monotonic, time.sleep, random.random))
    key = HashKey(os.environ, print, shared=True)
    sanitizer = Sanitizer(Scanner(catalogue.choose()), Redactor(), key_source=key)
    for number, address in logs:
        reader, place = Reader(open_sources(address), Rejects(print)), 0
        for line in Ingest(pricing=Pricing(Prices({}))).feed(reader):
            for event in line.events:
                raw = sanitizer.line(line.copy or dump(event))
                yield (group_of(parse(raw)), number, place), raw
                place += 1


def tallied(timezone: str):
    """A function from the events of some conversations, each in the order of its log, to the tallies of all of them."""
    def tally(placed: Iterator[Placed]) -> Iterator[bytes]:
        calendar, model = Calendar(timezone), Model.load(None)
        assembler, totals = Assembler(calendar), Aggregator(BY, calendar)
        for _, raw in placed:
            assembler.add(parse(raw), raw)
        for conversation in assembler.conversations():
            record = parse(conversation.line())
            totals.add({**record, **keys(judge(snippet(record) or "", model), model.id)})
        return (dump(partial) for partial in totals.partials())
    return tally


def run(spark: Any, logs: list[str], out: Path, *, partitions: int, timezone: str) -> int:
    """Write `date=D/metrics.json` for each date under `out`; how many dates there are."""
    order = sorted(logs)
    events = spark.sparkContext.parallelize(list(enumerate(order)), min(len(order), partitions)).mapPartitions(sanitized)
    gathered = events.repartitionAndSortWithinPartitions(partitions, lambda place: crc32(place[0].encode()))
    totals = Aggregator(BY, Calendar(timezone))
    for partial in gathered.mapPartitions(tallied(timezone)).toLocalIterator():
        totals.merge(parse(partial))
    dates = 0
    for dates, document in enumerate(daily(totals), 1):
        folder = out / f"date={document['date']}"
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(document, indent=1, ensure_ascii=False)
        (folder / "metrics.json").write_bytes(text.encode("utf-8", "backslashreplace") + b"\n")
    return dates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="the folder of the daily metrics")
    parser.add_argument("logs", nargs="+", help="files or s3:// objects, as llmops ingest takes them")
    parser.add_argument("--partitions", type=int, default=8, help="of the shuffle: two or three a core")
    parser.add_argument("--timezone", default="UTC", help="where days begin")
    parser.add_argument("--master", help="Spark's master; spark-submit sets it")
    args = parser.parse_args()
    from pyspark.sql import SparkSession
    builder = SparkSession.builder.appName("llmops")
    spark = (builder.master(args.master) if args.master else builder).getOrCreate()
    began = time.monotonic()
    dates = run(spark, args.logs, args.out, partitions=args.partitions, timezone=args.timezone)
    print(f"{dates} dates in {time.monotonic() - began:.1f} s")
    spark.stop()


if __name__ == "__main__":
    main()
