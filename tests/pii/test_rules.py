"""Rules, word lists and exceptions of the user's own."""
from time import process_time

import pytest

from llmops_cli.errors import UserError
from llmops_cli.pii import catalogue
from llmops_cli.pii.scanner import Scanner
from llmops_cli.pii.wordlists import DENIED, WordList

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


@pytest.mark.parametrize("value, text, expected", [
    ("Fox & Co.", "at FOX &\n co., and", ["FOX &\n co."]), ("C++", "C++ and c++17, not abc++", ["C++", "c++"]), ("@acme", "ask @ACME or x@acme", ["@ACME", "@acme"]),
    ("O'Brien", "o'brien, O'Briens", ["o'brien", "O'Brien"]), ("ann@example.org", "joann@example.org", []), ("***", "a *** b", ["***"]), (" x-1 ", "X-1", ["X-1"]),
    ("AG", "AGB ag", ["ag"]), ("(R) Fox", "x (r) fox", ["(r) fox"]), ("é-1", "É-1", ["É-1"])])
def test_values_with_other_signs(value, text, expected):
    assert [text[hit.start:hit.end] for hit in WordList([value, "another-one"], DENIED).find(text)] == expected


def test_the_time_does_not_grow_with_the_number_of_values():
    began = process_time()
    values = WordList([f"{sign}w{number}{sign}b{sign}" for number in range(10_000) for sign in "-&.'"], DENIED)
    assert not any(values.find("some words of a text, " * 40) for _ in range(100)) and len(values.find("'w7'b' -w7-b-")) == 2
    assert process_time() - began < 10
