"""Who could, who does, who is new."""

import json
import time

import pytest

from llmops_cli.logs.people import People, Person, Size


def line(date, team, user, category="Technical Help"):
    return json.dumps({"conversation_id": f"{date}{user}", "team": team, "user_id": user, "date": date, "task_category": category,
                       "messages": [{"role": "user", "content": "?"}]}).encode() + b"\n"


CONVERSATIONS = b"".join([
    line("2026-01-05", "Sales", "a"), line("2026-01-06", "Sales", "a"), line("2026-01-07", "Dev", "b"),
    line("2026-02-01", "Sales", "a"), line("2026-02-02", "Sales", "c"), line("2026-02-03", "Sales", "d", "Summarization"),
    line("2026-03-01", "Dev", "a"), line("2026-03-02", "Dev", "b"), line("2026-03-02", "Dev", "b")])


def rows(llmops, *arguments):
    result = llmops("aggregate", *arguments, stdin=CONVERSATIONS)
    assert (result.status, result.err) == (0, "")
    return [json.loads(row) for row in result.out.splitlines()]


def test_adoption_by_month(llmops):
    found = rows(llmops, "--by", "month", "--adoption")
    assert [(row["users"], row["new_users"], row["conversations_per_user"], row["teams_active"], row["share_of_teams_active"]) for row in found] == \
        [(2, None, 1.5, 2, 1.0), (3, 2, 1.0, 1, 0.5), (2, 0, 1.5, 1, 0.5)]


def test_adoption_by_category_and_in_any_order_of_keys(llmops):
    found = {(row["month"], row["task_category"]): row["new_users"] for row in rows(llmops, "--by", "task_category,month", "--adoption")}
    assert found == {("2026-01", "Technical Help"): None, ("2026-02", "Technical Help"): 1, ("2026-02", "Summarization"): 1, ("2026-03", "Technical Help"): 0}


def test_tallies_that_were_merged_say_the_same(llmops, tmp_path):
    (tmp_path / "tallies").write_bytes(llmops("aggregate", "--by", "month", "--partial", stdin=CONVERSATIONS).out)
    merged = llmops("aggregate", "--by", "month", "--merge", "--adoption", "tallies").out
    assert merged == llmops("aggregate", "--by", "month", "--adoption", stdin=CONVERSATIONS).out


PEOPLE = "user_id,team,cost_center,from,until\na,Sales,1,,2026-02-28\na,Dev,2,2026-03-01,\nb,Dev,2,,\nc,Sales,1,,\nd,Sales,1,2026-02-03,\ne,Legal,3,,\n"


def test_headcounts_with_dates(llmops, tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE)
    found = {(row["month"], row["team"]): (row["headcount"], row["adoption"]) for row in rows(llmops, "--by", "month,team", "--people", "people.csv")}
    assert found == {("2026-01", "Sales"): (2, 0.5), ("2026-01", "Dev"): (1, 1.0), ("2026-02", "Sales"): (3, 1.0), ("2026-03", "Dev"): (2, 1.0)}
    month = rows(llmops, "--by", "month", "--people", "people.csv", "--adoption")[0]
    assert (month["headcount"], month["adoption"], month["share_of_teams_active"]) == (4, 0.5, 0.6667)
    day = rows(llmops, "--by", "date,team", "--people", "people.csv")[3:5]
    assert [(row["date"], row["headcount"]) for row in day] == [("2026-02-01", 2), ("2026-02-02", 2)]      # d came on the third
    assert rows(llmops, "--by", "model", "--people", "people.csv")[0]["headcount"] == 5


@pytest.mark.parametrize("text", ["team,headcount,from,until\nSales,30,,2026-01-31\nSales,40,2026-02-01,\n",
                                  '{"team": "Sales", "headcount": 30, "until": "2026-01-31"}\n{"team": "Sales", "headcount": 40, "from": "2026-02-01"}\n'])
def test_headcounts_as_numbers(llmops, tmp_path, text):
    (tmp_path / "people").write_text(text)
    found = {(row["month"], row["team"]): row["headcount"] for row in rows(llmops, "--by", "month,team", "--people", "people")}
    assert found == {("2026-01", "Sales"): 30, ("2026-01", "Dev"): None, ("2026-02", "Sales"): 40, ("2026-03", "Dev"): None}


@pytest.mark.parametrize("text, said", [("team,headcount\nSales,many\n", "people:2: headcount is a whole number"), ("team,headcount\n,4\n", "people:2: headcount is"),
                                        ("name\nx\n", "no user_id in it"), ("user_id,from\na,soon\n", "from and until are dates")])
def test_what_is_wrong_with_a_list_of_people_is_said(llmops, tmp_path, text, said):
    (tmp_path / "people").write_text(text)
    result = llmops("aggregate", "--people", "people", stdin=CONVERSATIONS)
    assert result.status == 2 and said in result.err


def test_without_people_or_period_there_is_none(llmops):
    row = rows(llmops, "--by", "month")[0]
    assert (row["headcount"], row["adoption"]) == (None, None) and "new_users" not in row
    result = llmops("aggregate", "--by", "team", "--adoption", stdin=CONVERSATIONS)
    assert result.status == 2 and "hint: --by month" in result.err


def test_a_group_is_asked_of_its_team_alone():
    people = People([Person(f"u{number}", f"t{number % 400}", since="2026-01-01") for number in range(20_000)] + [Size("t0", 7)])
    began = time.process_time()
    found = {(team, day): people.headcount(f"2026-01-{day:02}", f"2026-01-{day:02}", f"t{team}") for team in range(400) for day in range(1, 8)}
    assert time.process_time() - began < 3
    assert set(found.values()) == {50, 7} and found[0, 1] == 7 and people.headcount("", "", "t400") is None and people.teams("2026-01-01", "") == 400
