"""Print each setting, its value and where it comes from.

A flag goes before LLMOPS_* in the environment, that before ./llmops.toml, that
before $XDG_CONFIG_HOME/llmops/config.toml, that before the default. Secrets come
from the environment alone and are never shown.
"""

import argparse
import json
import os
import sys

from .. import config, options, term
from ..errors import FOUND, OK
from ..storage import create

EXAMPLES = """
llmops config
llmops config --check              # exit 1 when a key is not known
LLMOPS_TIMEZONE=Europe/Oslo llmops config --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="exit 1 when a settings file or the environment has an unknown key")
    parser.add_argument("--json", action="store_true", help="one JSON object in place of the table")
    options.add_output(parser, "the settings")


def run(args: argparse.Namespace) -> int:
    rows = [(setting.key, *args.settings.get(setting.key), setting.about) for setting in config.SETTINGS]
    rows += [(name, "(set)" if os.environ.get(name) else "", "environment", about) for name, about in config.SECRETS]
    rows += [(table, f"{len(args.settings.table(table))} keys", "files", "your own table") for table in config.FREE_TABLES
             if args.settings.table(table)]
    unknown = args.settings.unknown()
    if args.json:
        document = {"settings": {key: {"value": value, "origin": origin} for key, value, origin, _ in rows},
                    "unknown": [{"where": where, "key": key} for where, key, _ in unknown]}
        text = json.dumps(document, indent=2, ensure_ascii=False)
    else:
        paint = options.paint(args)
        lines = term.table([["setting", "value", "from", "what it is"], *([key, value or "-", origin, about] for key, value, origin, about in rows)])
        text = "\n".join([paint(lines[0], "bold"), *lines[1:]])
    with create(args.output) as output:
        output.write(text.encode("utf-8", "backslashreplace") + b"\n")
    for where, key, hint in unknown:
        sys.stderr.write(f"llmops: {where}: unknown key {key!r}\n  hint: {hint}\n")
    return FOUND if unknown and args.check else OK
