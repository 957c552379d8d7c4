"""Every detector proves itself by the texts that it carries."""
import doctest
import importlib
import pkgutil

import pytest

import llmops_cli.pii
from llmops_cli.errors import UserError
from llmops_cli.pii import catalogue
from llmops_cli.pii.detector import KINDS
from llmops_cli.pii.scanner import Scanner

SCANNER = Scanner(catalogue.choose())


def test_finds_and_ignores():
    wrong = []
    for rule in catalogue.DETECTORS:
        for text in rule.finds:
            if rule.kind not in {finding.kind for finding in SCANNER.find(text)}:
                wrong.append((rule.id, "misses", text))
        for text in rule.ignores:
            if rule.id in {finding.rule for finding in SCANNER.find(text)}:
                wrong.append((rule.id, "wrongly finds", text))
    assert not wrong


def test_ids_are_distinct_and_kinds_known():
    ids = [rule.id for rule in catalogue.DETECTORS]
    assert len(ids) == len(set(ids))
    assert {rule.kind for rule in catalogue.DETECTORS} <= set(KINDS)


def test_choose():
    assert {rule.kind for rule in catalogue.choose(only=["email", "PHONE"])} == {"EMAIL", "PHONE"}
    assert "SECRET" not in {rule.kind for rule in catalogue.choose(skip=["SECRET"])}
    with pytest.raises(UserError, match="EMIAL"):
        catalogue.choose(only=["EMIAL"])


def test_rules_version_is_stable():
    version, digest = catalogue.rules_version()
    assert version and len(digest) == 64 and catalogue.rules_version() == (version, digest)


@pytest.mark.parametrize("name", [m.name for m in pkgutil.walk_packages(llmops_cli.pii.__path__, "llmops_cli.pii.")])
def test_examples_in_the_documentation_of_functions(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
