"""The tables of the privacy page are those of the catalogue."""
from pathlib import Path

from llmops_cli.pii import catalogue
from llmops_cli.pii.detector import KINDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")


def between(name: str) -> str:
    return PAGE.split(f"<!-- generated: catalogue.{name} -->\n")[1].split("<!-- end -->")[0]


def test_tables_are_fresh():
    assert between("table_of_kinds") == catalogue.table_of_kinds()
    assert between("table_of_rules") == catalogue.table_of_rules()


def test_every_kind_has_a_row():
    assert all(f"| `{kind}` |" in PAGE for kind in KINDS)
