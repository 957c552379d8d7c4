"""A taxonomy of one's own: what may stand in the file, and what becomes of it."""

import pytest

from llmops_cli.classify import custom, label
from llmops_cli.classify.local import Model
from llmops_cli.errors import UserError

SHOP = """
[[label]]
name = "Billing"
description = "invoices and money"
examples = ["where is my invoice", "I was charged twice", "can I get a refund"]
[[label.sub]]
name = "Refund"
examples = ["give me my money back", "refund please"]
[[label.sub]]
name = "Invoice"
examples = ["send me the invoice", "the bill is wrong"]

[[label]]
name = "Delivery"
examples = ["my parcel is late", "when will it arrive", "wrong address on the package"]
"""
OURS = """
[[label]]
name = "Technical Help"
[[label.sub]]
name = "Code"
examples = ["a python function"]
[[label.sub]]
name = "Devices"
examples = ["my printer is broken"]
[[label]]
name = "Other/Unknown"
"""


def written(tmp_path, text):
    path = tmp_path / "labels.toml"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("toml, text, expected", [
    (SHOP, "please send the invoice again", ("Billing", "Invoice")), (SHOP, "parcel has not arrived", ("Delivery", "")),
    (SHOP, "qqq", ("Other/Unknown", "")), (SHOP, "", ("Other/Unknown", "")),
    (OURS, "write a python function for this", ("Technical Help", "Code")), (OURS, "my printer does not print", ("Technical Help", "Devices")),
    (OURS, "translate this into german", ("Other/Unknown", "")),
    ("\ufeff" + SHOP.replace('"Delivery"', '" Delivery "').replace("\n", "\r\n"), "parcel has not arrived", ("Delivery", ""))])
def test_labels_and_sub_labels(tmp_path, toml, text, expected):
    decide, _ = label.decider(Model.load(), written(tmp_path, toml))
    verdict, below = decide(text)
    assert (verdict.label, below) == expected
    assert ("sub_category" in label.keys(verdict, "x", below)) == bool(below)


@pytest.mark.parametrize("toml, message", [
    ("", "no label"), ("label = 3", "no label"), ("[[label]]\nnom = 'x'", "without a name"), ("[[label]]\nname = 'x'\ncolour = 1", "unknown key 'colour'"),
    ("[[label]]\nname = 'x'\nexamples = 'a'", "not a list"), ("[[label]]\nname = 'x'\n[[label]]\nname = ' x'", "twice"), ("x = [", "not TOML"),
    ("[other]\nx = 1", "unknown key 'other'")])
def test_a_file_that_cannot_be_used_is_an_error_that_says_why(tmp_path, toml, message):
    with pytest.raises(UserError, match=message):
        custom.read(written(tmp_path, toml))


def test_unknown_labels_need_examples(tmp_path):
    path = written(tmp_path, "[[label]]\nname = 'Cats'\n[[label]]\nname = 'Dogs'\nexamples = ['woof']")
    with pytest.raises(UserError, match="'Cats' has no examples"):
        label.decider(Model.load(), path)
