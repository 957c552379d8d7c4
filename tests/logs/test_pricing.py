"""Cost of messages: the log's own word first, then the table's, then the user's contract; what is not known is null and named."""

import json

import pytest

NOVA = {"event_time": "2026-03-02T08:00:00Z", "role": "assistant", "content": "Hi", "model": "amazon.nova-micro-v1:0", "input_tokens": 210, "output_tokens": 64}


def line(event):
    return json.dumps(event).encode() + b"\n"


def test_our_own_event_gets_its_cost_behind_the_bytes_it_had(llmops):
    spaced = b'{"event_time": "2026-03-02T08:00:00Z",  "role":"assistant", "content":"\xc5\xbc", "model":"us.amazon.nova-micro-v1:0","input_tokens":210,"output_tokens":64 }'
    result = llmops("ingest", stdin=spaced + b"\n" + line(NOVA))
    assert result.out == spaced[:-1] + b', "cost_usd": 1.631e-05}\n' + line(NOVA | {"cost_usd": 1.631e-05})
    assert (result.status, result.err) == (0, "")


@pytest.mark.parametrize("said", [{"cost_usd": 0}, {"cost_usd": 1.5}, {"cost_usd": None}, {"model": None}, {"input_tokens": None, "output_tokens": None}, {"model": "x"}])
def test_what_a_message_says_of_itself_stands(llmops, said):
    event = NOVA | said
    assert llmops("ingest", "-q", stdin=line(event)).out == line(event)


def test_cached_tokens_and_names_of_profiles_in_a_log(llmops):
    record = {"schemaType": "ModelInvocationLog", "timestamp": "2026-03-02T08:00:00Z", "requestId": "r", "operation": "Converse",
              "modelId": "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0",
              "input": {"inputBodyJson": {"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}, "inputTokenCount": 100, "cacheReadInputTokenCount": 1000,
                        "cacheWriteInputTokenCount": 10},
              "output": {"outputBodyJson": {"output": {"message": {"role": "assistant", "content": [{"text": "Hello"}]}}}, "outputTokenCount": 20}}
    reply = json.loads(llmops("ingest", stdin=line(record)).out.splitlines()[-1])
    assert (reply["input_tokens"], reply["cached_input_tokens"], reply["cache_write_tokens"]) == (1110, 1000, 10)
    assert reply["cost_usd"] == (100 * 1100 + 1000 * 110 + 10 * 1375 + 20 * 5500) / 1e9     # the price of the region in its name


def test_batch_services_cost_less(llmops):
    record = {"id": "b", "custom_id": "c", "response": {"status_code": 200, "request_id": "q", "body": {"id": "x", "object": "chat.completion", "created": 1772438400,
              "model": "gpt-4o-2024-08-06", "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}}],
              "usage": {"prompt_tokens": 1000, "completion_tokens": 100}}}, "error": None}
    assert json.loads(llmops("ingest", stdin=line(record)).out)["cost_usd"] == (1000 * 1250 + 100 * 5000) / 1e9


def test_models_without_a_price_are_null_and_named(llmops):
    def pair(model):
        return line({"request": {"model": model, "messages": [{"role": "user", "content": "Hi " + model}]},
                     "response": {"id": f"x-{model}", "object": "chat.completion", "created": 1772438400, "model": model,
                                  "choices": [{"message": {"role": "assistant", "content": "Hello"}}], "usage": {"prompt_tokens": 10, "completion_tokens": 2}}})
    result = llmops("ingest", stdin=pair("house-model") * 2 + pair("ann@example.org") + pair("gpt-4o"))
    costs = [event["cost_usd"] for event in map(json.loads, result.out.splitlines()) if event["role"] == "assistant"]
    assert costs == [None, None, 4.5e-05]
    assert "no price known of 2 messages, cost is null: house-model (1), one of an odd name (1)" in result.err and "ann@" not in result.err
    assert llmops("ingest", "-q", stdin=pair("house-model")).err == ""


def test_contracts_and_old_tables(llmops, tmp_path):
    (tmp_path / "llmops.toml").write_text('[prices."amazon.nova-micro-v1:0"]\ninput = 1.0\noutput = 2.0\nfrom = "2026-03-02"\n')
    late = NOVA | {"event_time": "2099-01-01T00:00:00Z"}
    early = NOVA | {"event_time": "2026-03-01T23:59:59Z"}
    result = llmops("ingest", stdin=line(NOVA) + line(late) + line(early))
    assert [json.loads(row)["cost_usd"] for row in result.out.splitlines()] == [0.000338, 0.000338, 1.631e-05]
    assert "the table of prices is of 20" in result.err
    (tmp_path / "llmops.toml").write_text('[prices."amazon.nova-micro-v1:0"]\ninput = "cheap"\n')
    result = llmops("ingest", stdin=line(NOVA))
    assert result.status == 2 and "input is not a price" in result.err and "hint: input = 2.5" in result.err


def test_run_fills_it_in_too_and_leaves_what_landed_as_it_was(llmops, tmp_path):
    (tmp_path / "log.jsonl").write_bytes(line(NOVA) + line(NOVA | {"model": "house-model", "message_id": "m"}))
    result = llmops("run", "log.jsonl", "-o", "lake")
    assert "no price known of 1 message" in result.err
    lake = tmp_path / "lake"
    assert b"".join(path.read_bytes() for path in lake.glob("landing/*/*")) == (tmp_path / "log.jsonl").read_bytes()
    row, = json.loads((lake / "curated/metrics_daily/date=2026-03-02/metrics.json").read_text())["metrics"]
    assert (row["cost_usd"], row["replies"], row["replies_priced"]) == (1.631e-05, 2, 1)
