"""`llmops train` from outside: rows in, a model and a report out."""

import gzip
import json
import os
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(__file__), "..")
FRUIT = ("red apple", "green pear", "a ripe plum", "apple pie", "pear tree", "sour cherry", "cherry cake", "plum jam", "sweet apple", "old pear")
WHEELS = ("fast car", "old bike", "red bus", "car park", "bike lane", "bus stop", "new car", "slow bus", "my bike", "car door")
ROWS = [{"text": text, "label": label} for label, texts in (("fruit", FRUIT), ("wheels", WHEELS)) for text in texts]


def llmops(*args, stdin=b""):
    return subprocess.run([sys.executable, "-m", "llmops_cli", *args], input=stdin, capture_output=True, cwd=ROOT,
                          env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"})


def lines(records):
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_rows_to_a_model_that_classifies(tmp_path):
    model = str(tmp_path / "ours.model")
    done = llmops("train", "-o", model, stdin=lines(ROWS))
    assert done.returncode == 0 and b"accuracy" in done.stdout and b"20 rows, 2 labels" in done.stderr
    labelled = llmops("classify", "--model", model, stdin=lines([{"text": "ripe apple"}, {"text": "the red car"}, {"text": ""}]))
    found = [json.loads(line) for line in labelled.stdout.splitlines()]
    assert [one["task_category"] for one in found] == ["fruit", "wheels", "Other/Unknown"]
    assert found[0]["classified_by"].startswith("ours@")


def test_the_same_rows_and_seed_give_the_same_bytes(tmp_path):
    def built(name, *options):
        llmops("train", "-q", "-o", str(tmp_path / name), "--name", "x", *options, stdin=lines(ROWS))
        return (tmp_path / name).read_bytes()
    assert built("a") == built("b")
    assert built("a") != built("c", "--seed", "2")


def test_csv_with_commas_quotes_and_lines_in_cells(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("\ufeffid,text,label\n" + "".join(f'{number},"{row["text"]}, say\n""it""",{row["label"]}\n' for number, row in enumerate(ROWS)) + "99,short\n")
    done = llmops("train", "-o", str(tmp_path / "m.model"), "--json", str(path))
    assert done.returncode == 3 and b"rows.csv:42: label or task_category is missing" in done.stderr
    assert json.loads(done.stdout)["rows"] == 2


def test_labels_of_another_labeller_and_of_conversations(tmp_path):
    rows = [{"messages": [{"role": "user", "content": row["text"]}], "task_category": row["label"], "confidence": 0.9} for row in ROWS]
    rows += [{"text": "x", "task_category": "Other/Unknown", "confidence": 0, "error": "timeout"}, {"text": "x", "task_category": "odd", "confidence": 0.2}]
    done = llmops("train", "-o", str(tmp_path / "m.model"), "--min-confidence", "0.5", stdin=lines(rows))
    assert done.returncode == 0 and b"20 rows, 2 labels" in done.stderr


def test_a_label_with_one_row_is_named_and_kept(tmp_path):
    model = str(tmp_path / "m.model")
    done = llmops("train", "-o", model, stdin=lines([*ROWS, {"text": "blue whale", "label": "sea"}]))
    assert done.returncode == 0 and b"1 label with fewer than 5 rows: sea" in done.stderr
    assert b'"sea"' in llmops("classify", "--model", model, stdin=lines([{"text": "blue whale"}])).stdout


def test_nothing_to_tell_apart_is_an_error(tmp_path):
    path = tmp_path / "m.model"
    for rows in ([], ROWS[:10], [{"text": "no label"}]):
        done = llmops("train", "-o", str(path), stdin=lines(rows))
        assert done.returncode == 2 and b"hint" in done.stderr and not path.exists()
    assert llmops("train", stdin=lines(ROWS)).returncode == 2


def test_a_model_that_cannot_be_written_is_not_trained(tmp_path):
    for stdin in (lines(ROWS), b"nothing that could be learned from\n"):
        done = llmops("train", "-o", str(tmp_path / "missing" / "m.model"), stdin=stdin)
        assert done.returncode == 2 and done.stdout == b""
        assert done.stderr.decode() == f"llmops: {tmp_path}/missing/m.model: cannot be written: No such file or directory\n  hint: there is no such folder: make it first\n"
    assert llmops("train", "-o", str(tmp_path / "m.model"), stdin=lines(ROWS[:1])).returncode == 2 and list(tmp_path.iterdir()) == []


def test_a_confidence_that_is_no_number_is_a_low_one_and_a_limit_is_a_share(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(lines(ROWS) + b'{"text": "x", "label": "odd", "confidence": 1' + b"0" * 400 + b"}\n")
    done = llmops("train", "-o", str(tmp_path / "m.model"), "--min-confidence", "50%", str(path))
    assert done.returncode == 0 and b"20 rows, 2 labels" in done.stderr
    for limit in ("nan", "-1", "7"):
        done = llmops("train", "-o", str(tmp_path / "n.model"), f"--min-confidence={limit}", str(path))
        assert done.returncode == 2 and b"not a share from 0 to 1" in done.stderr


def test_csv_as_programs_write_it(tmp_path):
    """Quoted headings behind a byte order mark, cells of any length, other encodings; what is no CSV is named with its file."""
    path, model = tmp_path / "rows.csv", str(tmp_path / "m.model")
    path.write_text("\ufeff" + '"text","label"\r\n' + "".join(f'"{row["text"]}","{row["label"]}"\r\n' for row in ROWS) + f'"{"wheel " * 50_000}","wheels"\r\n')
    done = llmops("train", "-o", model, str(path))
    assert done.returncode == 0 and b"21 rows, 2 labels" in done.stderr
    (tmp_path / "ROWS.CSV.GZ").write_bytes(gzip.compress(path.read_bytes()))
    assert b"21 rows, 2 labels" in llmops("train", "-o", model, str(tmp_path / "ROWS.CSV.GZ")).stderr
    path.write_bytes(path.read_bytes() + b'"a M\xfcller pear","fruit"\n')
    done = llmops("train", "-o", model, str(path))
    assert done.returncode == 3 and b"rows.csv:23:5: not UTF-8" in done.stderr and b"21 rows, 2 labels" in done.stderr
    path.write_bytes(b"text,la\xfcbel\npear,fruit\n")
    done = llmops("train", "-o", model, str(path))
    assert done.returncode == 2 and b"rows.csv:1: not UTF-8" in done.stderr


def test_csv_as_spreadsheets_write_it_where_commas_are_decimal(tmp_path):
    """Semicolons or tabs between cells, lines that end in a carriage return, blank lines first; a quotation mark that is not closed costs its line alone."""
    path, model = tmp_path / "rows.csv", str(tmp_path / "m.model")
    for divider, end in ((";", "\r\n"), ("\t", "\n"), (",", "\r")):
        path.write_text(end + f"id{divider}text{divider}label{end}" + "".join(f"7{divider}{row['text']}{divider}{row['label']}{end}" for row in ROWS), newline="")
        done = llmops("train", "-o", model, str(path))
        assert done.returncode == 0 and b"20 rows, 2 labels" in done.stderr
    path.write_text("text,label\n" + '"an open pear,fruit\n' + "".join(f"{row['text']},{row['label']}\n" for row in ROWS))
    done = llmops("train", "-o", model, "--rejects", str(tmp_path / "rejects.jsonl"), str(path))
    assert done.returncode == 3 and b"rows.csv:2: not CSV: a quote that is not closed" in done.stderr and b"20 rows, 2 labels" in done.stderr
    assert json.loads((tmp_path / "rejects.jsonl").read_text())["text"] == '"an open pear,fruit'


def test_halves_of_characters_and_names_that_are_not_utf8(tmp_path):
    model = os.fsencode(tmp_path) + b"/m\xfc.model"
    rows = lines([row | {"label": row["label"] + " \ud83d", "text": row["text"] + " \ud83d", "source": "\udc00"} for row in ROWS])
    done = llmops("train", "--json", "-o", model, stdin=rows)
    assert done.returncode == 0 and json.loads(done.stdout)["labels"][0]["label"] == "fruit ?"
    for options in ([], ["--json"], ["--html", str(tmp_path / "page.html")]):
        done = llmops("evaluate", "--by", "source", *options, model, stdin=rows)
        assert done.returncode == 0 and b"?" in done.stdout


def test_an_error_that_is_none_leaves_no_row_out(tmp_path):
    done = llmops("train", "-o", str(tmp_path / "m.model"), stdin=lines([row | {"error": None} for row in ROWS]))
    assert done.returncode == 0 and b"20 rows, 2 labels" in done.stderr


def test_a_label_that_is_empty_leaves_the_word_to_the_other(tmp_path):
    rows = [{"text": row["text"], "label": given, "task_category": row["label"]} for row, given in zip(ROWS, [None, "", " "] * 10)]
    done = llmops("train", "-o", str(tmp_path / "m.model"), stdin=lines(rows))
    assert done.returncode == 0 and b"20 rows, 2 labels" in done.stderr
