"""docs/formats.md: its example of a format is one."""

import json
import re

from llmops_cli.logs.formats.format import Settings

from ..conftest import ROOT

PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")


def test_the_example_proves_itself():
    names = {}
    exec(re.search(r"```python\n(.*?)```", PAGE, re.S)[1], names)
    form = names["FORMAT"]
    decoder = form.decoder(Settings())
    assert decoder.decode(json.loads(form.sample)) == list(form.events)
    assert decoder.decode(json.loads(form.sample)) == [] and decoder.repeated == 1
