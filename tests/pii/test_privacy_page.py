"""The tables of the privacy page are those of the catalogue."""
import tomllib
from pathlib import Path

from llmops_cli.pii import catalogue, rules
from llmops_cli.pii.detector import KINDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")


def between(name: str) -> str:
    return PAGE.split(f"<!-- generated: catalogue.{name} -->\n")[1].split("<!-- end -->")[0]


def test_tables_are_fresh():
    assert between("table_of_kinds") == catalogue.table_of_kinds()
    assert between("table_of_rules") == catalogue.table_of_rules()


def test_every_kind_has_a_row():
    assert all(f"| `{kind}` |" in PAGE for kind in KINDS)


def test_the_rules_file_on_the_page_can_be_loaded():
    table = tomllib.loads(PAGE.split("```toml\n")[1].split("```")[0])
    assert [rule.id for rule in catalogue.from_rules(table)][-1] == "project"
    assert all(name in PAGE for name in rules.VALIDATORS)
