"""OpenAI-compatible servers: what is sent, what an answer says, what an error means."""

import json

import pytest

from llmops_cli.llm import openai
from llmops_cli.llm.answers import Ask, BadAnswer, Usage
from llmops_cli.wire import Headers, Response

ASK = Ask("Sort this.", "hello", {"type": "object", "properties": {"task_category": {"enum": ["A", "B"]}}}, 50)
USAGE = {"prompt_tokens": 12, "completion_tokens": 3}


def sent(form="schema", without=frozenset(), base="http://localhost:1/v1", key="k"):
    request = openai.request(ASK, "m", base, key, form, without)
    return request, json.loads(request.body)


def chat(message, finish="stop", usage=USAGE):
    return {"choices": [{"message": message, "finish_reason": finish}], "usage": usage}


def test_a_request_carries_model_key_schema_and_no_chance():
    request, body = sent()
    assert (request.method, request.url) == ("POST", "http://localhost:1/v1/chat/completions")
    assert request.headers["Authorization"] == "Bearer k"
    assert body["model"] == "m" and body["temperature"] == 0 and body["max_tokens"] == 50
    assert body["response_format"]["json_schema"]["schema"] == ASK.schema and body["response_format"]["json_schema"]["strict"] is True
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


@pytest.mark.parametrize("form", openai.FORMS)
def test_every_form_carries_the_schema(form):
    assert json.dumps(ASK.schema) in json.dumps(sent(form)[1]).replace('\\"', '"')


def test_what_a_server_does_not_take_is_left_out():
    body = sent("tool", frozenset({"temperature", "max_tokens", "tool_choice"}))[1]
    assert "temperature" not in body and "max_tokens" not in body and body["max_completion_tokens"] > 50 and body["tool_choice"] == "required"
    assert "strict" not in json.dumps(sent("schema", frozenset({"strict"}))[1])


def test_no_key_no_header_and_azure_has_its_own():
    assert "Authorization" not in sent(key="")[0].headers
    request, _ = sent(base="https://us.openai.azure.com/openai/deployments/d?api-version=2024-10-21")
    assert request.url == "https://us.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21" and request.headers["api-key"] == "k"


@pytest.mark.parametrize("document, text, end", [
    (chat({"content": "A"}), "A", "whole"),
    (chat({"content": [{"type": "text", "text": "A"}]}), "A", "whole"),
    (chat({"content": None, "tool_calls": [{"function": {"name": "label", "arguments": '{"n": 1}'}}]}), '{"n": 1}', "whole"),
    (chat({"content": "", "tool_calls": [{"function": {"arguments": {"n": 1}}}]}), '{"n": 1}', "whole"),
    (chat({"content": "{\"n\""}, "length"), '{"n"', "cut"),
    (chat({"content": ""}, "length"), "", "cut"),
    (chat({"content": None}, "content_filter"), "", "refused"),
    (chat({"content": None, "refusal": "no"}), "", "refused"),
])
def test_answers(document, text, end):
    answer = openai.answer(document)
    assert (answer.text, answer.end, answer.usage) == (text, end, Usage(12, 3))


@pytest.mark.parametrize("document", [None, [], {}, {"choices": []}, {"choices": [{}]}, {"choices": [{"message": None}]}, {"choices": "x"},
                                      chat({"content": "  "}), chat({"content": 5}), {"error": {"message": "x"}}])
def test_no_answers(document):
    with pytest.raises(BadAnswer):
        openai.answer(document)


def test_usage_is_taken_where_it_is_said():
    cached = {"prompt_tokens": 100, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 64}}
    assert openai.answer(chat({"content": "A"}, usage=cached)).usage == Usage(100, 2, 64)
    assert openai.answer(chat({"content": "A"}, usage=None)).usage is None
    with pytest.raises(BadAnswer) as error:
        openai.answer({"choices": [], "usage": USAGE})
    assert error.value.usage == Usage(12, 3)


def error(status, **said):
    return openai.problem(Response(status, Headers(), json.dumps({"error": said}).encode()))


@pytest.mark.parametrize("status, said, kind", [
    (401, {"code": "invalid_api_key"}, "key"), (403, {}, "key"), (429, {"code": "rate_limit_exceeded"}, "busy"), (429, {"code": "insufficient_quota"}, "quota"),
    (402, {}, "quota"), (500, {}, "busy"), (503, {"type": "overloaded_error"}, "busy"), (408, {}, "busy"), (409, {}, "busy"),
    (404, {"code": "model_not_found"}, "model"), (404, {"message": "model 'x' not found, try pulling it first"}, "model"), (404, {"message": "not found"}, "request"),
    (400, {"code": "context_length_exceeded"}, "context"), (400, {"type": "exceed_context_size_error"}, "context"),
    (400, {"message": "This model's maximum context length is 4096 tokens"}, "context"), (400, {"code": "content_filter"}, "filter"),
    (400, {"message": "response_format json_schema is not supported"}, "form"), (422, {}, "form"), (501, {}, "form"), (301, {}, "request"),
])
def test_errors(status, said, kind):
    assert error(status, **said).kind == kind


@pytest.mark.parametrize("said, parameter", [
    ({"param": "temperature", "code": "unsupported_value"}, "temperature"),
    ({"message": "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "param": "max_tokens"}, "max_tokens"),
    ({"param": "tools[0].tool_choice"}, "tool_choice"), ({"param": "response_format"}, ""), ({}, "")])
def test_the_part_that_an_error_is_about(said, parameter):
    assert error(400, **said) == ("form", said.get("code", "HTTP 400"), parameter)


def test_nothing_that_a_server_says_is_shown_but_its_code():
    assert error(401, message="Incorrect API key provided: sk-secret", type="invalid_request_error").code == "invalid_request_error"
    assert error(401, message="x", code="Incorrect API key provided: sk-secret", type=None).code == "HTTP 401"
    assert openai.problem(Response(502, Headers(), b"<html>sk-secret</html>")).code == "HTTP 502"


def test_embeddings():
    request = openai.embedding_request(["a", "b"], "text-embedding-3-small", "http://localhost:1/v1", "k")
    assert request.url.endswith("/v1/embeddings") and json.loads(request.body)["input"] == ["a", "b"]
    data = {"data": [{"index": 1, "embedding": [0, 1]}, {"index": 0, "embedding": [1, 0]}], "usage": {"prompt_tokens": 4}}
    assert openai.embeddings(data) == ([[1.0, 0.0], [0.0, 1.0]], Usage(4))
    with pytest.raises(BadAnswer):
        openai.embeddings({"data": []})
