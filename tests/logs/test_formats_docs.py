"""docs/formats.md: its tables are those of the formats, its example of a format is one."""

import importlib.util
import json
import re

from llmops_cli.logs.formats.format import Settings

from ..conftest import ROOT

PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")


def test_the_tables_are_fresh():
    spec = importlib.util.spec_from_file_location("build_formats", ROOT / "docs" / "build_formats.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    assert PAGE == build.page(PAGE), "python3 docs/build_formats.py writes the tables"


def test_the_example_proves_itself():
    names = {}
    exec(re.search(r"```python\n(.*?)```", PAGE, re.S)[1], names)
    form = names["FORMAT"]
    decoder = form.decoder(Settings())
    assert decoder.decode(json.loads(form.sample)) == list(form.events)
    assert decoder.decode(json.loads(form.sample)) == [] and decoder.repeated == 1
