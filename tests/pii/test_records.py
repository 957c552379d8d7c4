"""A line goes in and comes out with only what was found changed."""
import json
import random

import pytest

from llmops_cli.pii import catalogue, records
from llmops_cli.pii.records import Sanitizer, Unexaminable
from llmops_cli.pii.redaction import Redactor
from llmops_cli.pii.scanner import Scanner

SCANNER = Scanner(catalogue.choose())


def sanitizer(style="label", key=b"key", **more):
    return Sanitizer(SCANNER, Redactor(style, key if style in ("hash", "fake") else None), key_source=lambda: b"key", **more)


@pytest.mark.parametrize("raw, expected", [
    ('{"a": "mail ann@example.org"}', '{"a": "mail [EMAIL]"}'),
    ('{"a":"ann@example.org","b":1e400,"c":12345678901234567890123456789012345678901,"d":1.50}',
     '{"a":"[EMAIL]","b":1e400,"c":12345678901234567890123456789012345678901,"d":1.50}'),
    ('{"a": "caf\\u00e9 ann@example.org \\ud800", "b": "\\/"}', '{"a": "caf\\u00e9 [EMAIL] \\ud800", "b": "\\/"}'),
    ('{"a": {"b": ["x", {"c": "call +1 415-555-0132"}]}}', '{"a": {"b": ["x", {"c": "call [PHONE]"}]}}'),
    ('{"args": "{\\"to\\": \\"ann@example.org\\", \\"n\\": \\"a\\\\nbob@example.org\\"}"}',
     '{"args": "{\\"to\\": \\"[EMAIL]\\", \\"n\\": \\"a\\\\n[EMAIL]\\"}"}'),
    ('{"user_id": "ann@example.org", "content": "x"}', '{"user_id": "user-43f4ed3fd390", "content": "x"}'.replace("43f4ed3fd390", "%")),
    ('["ann@example.org"]', '["[EMAIL]"]'),
    ('"ann@example.org"', '"[EMAIL]"'),
    ('{"ann@example.org": "bob@example.org"}', '{"ann@example.org": "[EMAIL]"}'),
    ('{"a": "ann@example.org", "b": "ann@example.org"}', '{"a": "[EMAIL]", "b": "[EMAIL]"}'),
])
def test_line(raw, expected):
    got = sanitizer().line(raw.encode()).decode()
    if "%" in expected:
        head, tail = expected.split("%")
        assert got.startswith(head) and got.endswith(tail) and "ann@" not in got
    else:
        assert got == expected


def test_nothing_found_is_the_same_object():
    raw = b'{"a" : "nothing here" , "event_time":"2026-01-03T10:15:00Z", "n": 40000000000000000000000000000000000000000}'
    assert sanitizer().line(raw) is raw


@pytest.mark.parametrize("raw, reason", [
    (b'{"a": "\xff"}', "UTF-8"), (b'{"a": NaN}', "NaN"), (b'{"a": 1} x', "more than one"), (b'{"a": ', "not JSON"), (b"[" * 100_000 + b"]" * 100_000, "deep"),
    (b'{"a": "ann@example.org", "a": "x"}', "twice"), (b'{"b": {"a": "x", "a": "ann@example.org"}}', "twice"), (b"", "not JSON"),
])
def test_what_cannot_be_examined(raw, reason):
    with pytest.raises(Unexaminable, match=reason) as error:
        sanitizer().line(raw)
    assert error.value.column >= 1 and "ann" not in error.value.reason


def test_repeated_key_without_finding_passes():
    raw = b'{"a": "x", "a": "y"}'
    assert sanitizer().line(raw) is raw


def test_very_long_integer_passes():
    raw = b'{"a": "ann@example.org", "n": ' + b"7" * 6000 + b"}"
    assert sanitizer().line(raw) == raw.replace(b"ann@example.org", b"[EMAIL]")


def test_fields_and_leave():
    raw = b'{"messages": [{"content": "ann@example.org", "note": "bob@example.org"}]}'
    assert b"bob@" in sanitizer(fields=["messages.content"]).line(raw)
    assert b"ann@" in sanitizer(leave=["messages.0.content"]).line(raw)


def test_record_keeps_what_is_untouched():
    record = {"a": ["x", {"b": "ann@example.org"}], "c": 1}
    assert sanitizer().record(record) == {"a": ["x", {"b": "[EMAIL]"}], "c": 1}
    same = {"a": "nothing"}
    assert sanitizer().record(same) is same


def test_explain_gives_places_and_never_values():
    rows = sanitizer().explain(b'{"messages": [{"content": "mail ann@example.org"}]}')
    assert [(path, f.start, f.end, f.kind) for path, f in rows] == [("messages.0.content", 5, 20, "EMAIL")]
    assert "ann@" not in repr(rows)


PIECES = ["ann@example.org", "+49 30 901820", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "10.0.0.1", "password = \"h4nt3r!99\"",
          "http://u:p4ss@example.org/x", "call 555-123-4567", "ssn 123-45-6789", "born 1990-01-02", "[EMAIL]", "****1234", "\\n", "\n", "\"", "{", "é", "\u2028", "1", "12", " ", "-",
          "token=", "a3d5g7j9m1p4s6v8y0c2f", ":", "=", "zip code 94105", "\ud800", "x", ".", "@", "//", "plate AB12 CDE"]


@pytest.mark.parametrize("style", ["label", "label-numbered", "hash", "partial", "remove"])
def test_twice_is_once(style):
    random_source = random.Random(7)
    for _ in range(250):
        record = {"content": "".join(random_source.choices(PIECES, k=random_source.randint(1, 9))), "n": 1.0, "user_id": random_source.choice(PIECES)}
        raw = json.dumps(record, ensure_ascii=random_source.random() < 0.5).encode("utf-8", "surrogatepass") if False else json.dumps(record).encode()
        once = sanitizer(style).line(raw)
        assert sanitizer(style).line(once) == once, raw
        assert not sanitizer(style).explain(once)
        assert list(json.loads(once)) == list(record)
        assert json.loads(once)["n"] == 1.0


ODD = ("jos\u00e9@example.org", 'password = "h4nt3r\\99!x"', "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA75Kdkfjslkdfj3498fjskdfj39fj3kdfjsldkfj3409\n-----END RSA PRIVATE KEY-----")


def within(value, times, ascii_only):
    for _ in range(times):
        value = json.dumps({"note": value}, ensure_ascii=ascii_only)
    return value


@pytest.mark.parametrize("style", ["label-numbered", "hash", "partial", "fake"])
@pytest.mark.parametrize("value", ODD)
def test_equal_values_are_equal_within_json_too(style, value):
    record = {"plain": value, **{f"{times}{ascii_only}": within(value, times, ascii_only) for times in (1, 2, 3) for ascii_only in (True, False)}}
    clean = sanitizer(style).record(record)
    assert clean["plain"] != value
    for name, text in clean.items():
        while text[:1] == "{":
            text = json.loads(text)["note"]
        assert text == clean["plain"], name
    prints = {fingerprint for _, _, fingerprint in sanitizer().fingerprints(json.dumps(record).encode())}
    assert len(prints) == len(sanitizer().explain(json.dumps({"a": value}).encode()))


@pytest.mark.parametrize("style", ["label", "label-numbered", "hash", "partial", "remove"])
def test_nothing_is_left_however_deep_a_value_stands_in_itself(style):
    scanner = Scanner(catalogue.choose(), deny=["x-y"])
    one = Sanitizer(scanner, Redactor(style, b"key"), key_source=lambda: b"key")
    clean = one.text("see " + "x-" * 40 + "x-y" + "y" * 40)
    assert scanner.find(clean) == [] and one.text(clean) == clean


class Counting:
    """A scanner that counts the texts it looked at."""

    def __init__(self):
        self.looks = 0
        self.least, self.is_plain_id = SCANNER.least, SCANNER.is_plain_id

    def find(self, text, name=""):
        self.looks += 1
        return SCANNER.find(text, name)

    def says(self, name):
        return SCANNER.says(name)


TALK = "Please write to ann@example.org about the order, " + "and tell her that it is on its way. " * 4


def test_talk_that_is_sent_again_is_looked_at_once():
    scanner = Counting()
    one = Sanitizer(scanner, Redactor(), key_source=lambda: b"key")
    request = {"messages": [{"role": "user", "content": TALK}], "system": TALK.replace("Please", "Do not")}
    first = one.record(request)
    looks = scanner.looks
    assert "ann@" not in json.dumps(first) and one.counts["EMAIL"] == 2
    for _ in range(5):
        assert one.record(request) == first
    assert scanner.looks - looks <= 5 and one.counts["EMAIL"] == 12     # what is left are the roles


def test_talk_that_is_sent_again_is_numbered_in_each_conversation():
    one = sanitizer("label-numbered")
    other = TALK.replace("ann@", "bob@")
    rows = [one.record({"conversation_id": name, "a": a, "b": b}) for name, a, b in (("c1", TALK, other), ("c2", other, TALK))]
    assert [("[EMAIL_1]" in row["a"], "[EMAIL_2]" in row["b"]) for row in rows] == [(True, True)] * 2


def test_the_name_of_a_field_counts_for_talk_that_is_sent_again():
    number = "4494898 " + "and what else was written there " * 4
    for fields in (("note", "phone"), ("phone", "note")):
        one = sanitizer()
        done = {name: one.record({name: number})[name] for name in fields}
        assert done["phone"].startswith("[PHONE]") and done["note"] == number


def test_only_so_much_talk_is_kept_in_mind(monkeypatch):
    monkeypatch.setattr(records, "_MOST_MET", 3000)
    scanner = Counting()
    one = Sanitizer(scanner, Redactor(), key_source=lambda: b"key")
    looks = []
    for number in (0, 1, 0, *[n for n in range(2, 100) for _ in range(2)], 0):
        before = scanner.looks
        one.record({"text": f"{TALK} {number}"})
        looks.append(scanner.looks - before)
    assert looks[2] == 0 and looks[-1] == looks[0] > 0


def test_where_no_talk_comes_again_none_is_kept_in_mind_for_a_while(monkeypatch):
    monkeypatch.setattr(records, "_MOST_MET", 10_000)
    scanner = Counting()
    one = Sanitizer(scanner, Redactor(), key_source=lambda: b"key")
    results, looks = set(), []
    for number in (*range(60), *[7] * 700):
        before = scanner.looks
        results.add((number, one.record({"text": f"{TALK} {number}"})["text"]))
        looks.append(scanner.looks - before)
    assert looks[100] > 0 == looks[-1] and len(results) == 60


@pytest.mark.parametrize("style", ["label", "hash", "partial", "remove", "fake"])
def test_what_was_met_before_changes_no_byte(style):
    draw = random.Random(23)
    filler = "and so they went on about the weather until the ferry left, "
    talk = [filler * draw.randrange(3) + text + draw.choice((" ", ". ", "\n", ": ")) + filler * 2 for rule in catalogue.DETECTORS for text in (*rule.finds[:1], *rule.ignores[:1])]
    used = sanitizer(style)
    for _ in range(400):
        record = {name: draw.choice((draw.choice(talk[:40]), [{"text": draw.choice(talk)}], json.dumps({"phone": draw.choice(talk)})))
                  for name in draw.sample(("content", "note", "phone", "password", "user_id"), 3)}
        raw = json.dumps(record).encode()
        assert used.line(raw) == sanitizer(style).line(raw)
