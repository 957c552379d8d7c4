"""Rules, word lists and exceptions of the user's own."""
import pytest

from llmops_cli.errors import UserError
from llmops_cli.pii import catalogue
from llmops_cli.pii.scanner import Scanner

PROJECT = {"id": "project", "kind": "PROJECT", "pattern": "PRJ-[0-9]{4}", "finds": ["PRJ-1234"], "ignores": ["PRJ-12"]}


def found(scanner, text):
    return [(text[f.start:f.end], f.kind) for f in scanner.find(text)]


def test_a_rule_brings_its_own_kind():
    detectors = catalogue.from_rules({"rule": [PROJECT], "off": ["us-ssn", "EMAIL"]})
    assert found(Scanner(detectors), "PRJ-1234 of ann@example.org") == [("PRJ-1234", "PROJECT")]
    assert {rule.kind for rule in catalogue.choose(only=["PROJECT"], detectors=detectors)} == {"PROJECT"}


def test_values_and_context():
    detectors = catalogue.from_rules({"rule": [{"id": "customer", "kind": "CUSTOMER", "values": ["Blue Whale", "Initech"]},
                                               {"id": "badge", "kind": "BADGE", "pattern": "[0-9]{4}", "context": ["badge"], "validator": "luhn"}]})
    assert found(Scanner(detectors), "blue whale paid, badge 0000, year 0000 or 1234, initech too")[0] == ("blue whale", "CUSTOMER")


@pytest.mark.parametrize("rule, says", [
    ({**PROJECT, "pattern": "("}, "pattern"), ({**PROJECT, "pattern": "(a+)+"}, "for ever"), ({**PROJECT, "finds": ["nothing"]}, "does not find"),
    ({**PROJECT, "ignores": ["PRJ-1234"]}, "finds one of its ignores"), ({**PROJECT, "validator": "magic"}, "unknown validator"),
    ({**PROJECT, "kind": "project"}, "kind"), ({**PROJECT, "id": "us-ssn"}, "taken"), ({**PROJECT, "colour": 1}, "unknown key"), ({**PROJECT, "values": ["x"]}, "either"),
])
def test_wrong_rules_are_told_apart(rule, says):
    with pytest.raises(UserError, match=says):
        catalogue.from_rules({"rule": [rule]})
    with pytest.raises(UserError, match="switch off"):
        catalogue.from_rules({"off": ["no-such-rule"]})


@pytest.mark.parametrize("table, says", [
    ({"off": "PHONE"}, "off must be a list"), ({"off": 5}, "off must be"), ({"rule": 5}, "a table"), ({"rule": [5]}, "a table"), ({"rule": [PROJECT, PROJECT]}, "taken"),
    *(({"rule": [{**PROJECT, **wrong}]}, says) for wrong, says in (
        ({"pattern": "", "values": "Falcon"}, "values must be a list"), ({"pattern": "", "values": [1]}, "values must be"), ({"values": [" "]}, "values must be"),
        ({"context": "badge"}, "context must be"), ({"finds": "PRJ-1234"}, "finds must be"), ({"ignores": [1]}, "ignores must be"),
        ({"pattern": 5}, "pattern must be a text"), ({"validator": ["luhn"]}, "validator must be"), ({"what": 5}, "what must be")))])
def test_values_of_the_wrong_type_are_told(table, says):
    with pytest.raises(UserError, match=says):
        catalogue.from_rules(table)


def test_deny_and_allow():
    scanner = Scanner(catalogue.choose(), deny=["Project Falcon", "C++ team"], allow=["noreply@example.org", "/.*@example\\.com/"])
    assert found(scanner, "project falcon: noreply@example.org, ann@example.com, bob@example.net, the C++ team") == [
        ("project falcon", "DENIED"), ("bob@example.net", "EMAIL"), ("C++ team", "DENIED")]
