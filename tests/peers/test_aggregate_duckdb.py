"""`aggregate` gives what duckdb gives of the same events: counts and sums to the digit, quantiles within 1 %."""

import json
import random
from fractions import Fraction

import pytest

duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed: pip install -r tests/peers/requirements.txt")


def events(seed: int, number: int):
    pick = random.Random(seed)
    for place in range(number):
        reply = place % 2
        conversation = place // 8 * 2 + pick.randrange(2)
        event = {"event_time": f"2026-0{pick.randrange(1, 4)}-{pick.randrange(10, 28)}T10:{place // 60 % 60:02}:{place % 60:02}Z", "conversation_id": f"c{conversation}",
                 "message_id": f"m{place}", "role": "assistant" if reply else "user", "content": "żółć 😀"[:pick.randrange(7)] * pick.randrange(9),
                 "team": f"Team {conversation % 5}", "user_id": f"u{conversation % 97}"}
        if reply:
            event |= {"latency_ms": round(pick.lognormvariate(6.5, 0.9), 1), "input_tokens": pick.randrange(999), "output_tokens": pick.randrange(500),
                      "cost_usd": pick.randrange(10 ** 6) / 10 ** 9}
        yield event


QUERY = """
with event as (select *, min(event_time[:10]) over (partition by conversation_id) as day from read_json('{path}', format='newline_delimited',
    columns={{event_time: 'VARCHAR', conversation_id: 'VARCHAR', role: 'VARCHAR', content: 'VARCHAR', team: 'VARCHAR', user_id: 'VARCHAR', latency_ms: 'DOUBLE',
              input_tokens: 'BIGINT', output_tokens: 'BIGINT', cost_usd: 'DECIMAL(18, 9)'}}))
select {key}, team, count(distinct conversation_id), count(*), coalesce(sum(length(content)) filter (role = 'user'), 0),
    coalesce(sum(length(content)) filter (role = 'assistant'), 0), count(distinct user_id), coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), sum(cost_usd),
    quantile_disc(latency_ms, 0.5), quantile_disc(latency_ms, 0.95), quantile_disc(latency_ms, 0.99)
from event group by 1, 2 order by 1, 2
"""
KEYS = ("conversation_count", "messages", "total_chars_user", "total_chars_assistant", "users", "input_tokens", "output_tokens")


@pytest.mark.parametrize("by, key", [("date", "day"), ("week", "strftime(day::date, '%G-W%V')"), ("month", "day[:7]")])
def test_the_numbers_are_those_of_duckdb(llmops, tmp_path, by, key):
    path = tmp_path / "events.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in events(5, 12_000)))
    found = [json.loads(row) for row in llmops("aggregate", "--by", f"{by},team", path).out.splitlines()]
    expected = duckdb.sql(QUERY.format(path=path, key=key)).fetchall()
    assert [(row[by], row["team"], *(row[name] for name in KEYS)) for row in found] == [row[:9] for row in expected]
    for row, (*_, cost, p50, p95, p99) in zip(found, expected):
        if cost is None:
            assert (row["cost_usd"], row["latency_ms_p50"]) == (None, None)
            continue
        assert round(Fraction(row["cost_usd"]) * 10 ** 9) == Fraction(cost) * 10 ** 9
        assert [row[f"latency_ms_p{share}"] for share in (50, 95, 99)] == [pytest.approx(value, rel=0.01) for value in (p50, p95, p99)]
