"""Amazon Bedrock: what is sent to Converse, what it answers, what its errors mean."""

import json

import pytest

from llmops_cli.llm import bedrock
from llmops_cli.llm.answers import Ask, BadAnswer, Usage
from llmops_cli.wire import Headers, Response

ASK = Ask("Sort this.", "hello", {"type": "object", "properties": {"task_category": {"enum": ["A", "B"]}}}, 50)
USAGE = {"inputTokens": 12, "outputTokens": 3, "totalTokens": 15}
BASE = "https://bedrock-runtime.eu-north-1.amazonaws.com"


def said(*content, stop="end_turn", usage=USAGE):
    return {"output": {"message": {"role": "assistant", "content": list(content)}}, "stopReason": stop, "usage": usage}


def test_a_request_forces_the_tool():
    request = bedrock.request(ASK, "amazon.nova-micro-v1:0", BASE, "", "tool", frozenset())
    body = json.loads(request.body)
    assert request.url == BASE + "/model/amazon.nova-micro-v1%3A0/converse" and "Authorization" not in request.headers
    assert body["toolConfig"]["toolChoice"] == {"tool": {"name": "label"}}
    assert body["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"] == ASK.schema
    assert body["inferenceConfig"] == {"maxTokens": 50, "temperature": 0} and body["system"] == [{"text": "Sort this."}]


def test_an_arn_is_one_segment_of_the_path():
    arn = "arn:aws:bedrock:eu-north-1:123456789012:inference-profile/eu.amazon.nova-micro-v1:0"
    assert bedrock.path(arn, "converse").count("/") == 3


def test_other_forms():
    schema = json.loads(bedrock.request(ASK, "m", BASE, "token", "schema", frozenset({"temperature"})).body)
    assert json.loads(schema["outputConfig"]["textFormat"]["structure"]["jsonSchema"]["schema"]) == ASK.schema and "temperature" not in schema["inferenceConfig"]
    assert json.dumps(ASK.schema) in bedrock.body(ASK, "plain")["system"][0]["text"]
    assert bedrock.body(ASK, "tool", frozenset({"toolChoice"}))["toolConfig"]["toolChoice"] == {"any": {}}


@pytest.mark.parametrize("document, text, end", [
    (said({"toolUse": {"name": "label", "input": {"n": 1}}}, stop="tool_use"), '{"n": 1}', "whole"),
    (said({"text": "thinking"}, {"toolUse": {"input": {"n": 1}}}, stop="tool_use"), '{"n": 1}', "whole"),
    (said({"text": "A"}), "A", "whole"), (said({"text": "A"}, stop="max_tokens"), "A", "cut"),
    (said({"text": "no"}, stop="guardrail_intervened"), "", "refused"), (said(stop="content_filtered"), "", "refused"),
    (said({"reasoningContent": {"reasoningText": {"text": "hm"}}}, {"text": "A"}), "A", "whole"),
])
def test_answers(document, text, end):
    answer = bedrock.answer(document)
    assert (answer.text, answer.end, answer.usage) == (text, end, Usage(12, 3))


@pytest.mark.parametrize("document", [None, [], {}, {"output": None}, {"output": {"message": {"content": "x"}}}, said(), said({"text": " "}),
                                      said({"text": "x"}, stop="malformed_tool_use")])
def test_no_answers(document):
    with pytest.raises(BadAnswer):
        bedrock.answer(document)


def test_cached_tokens_are_part_of_the_input():
    usage = USAGE | {"cacheReadInputTokens": 100, "cacheWriteInputTokens": 20}
    assert bedrock.answer(said({"text": "A"}, usage=usage)).usage == Usage(132, 3, 100, 20)


def error(status, kind="", message="", header=""):
    return bedrock.problem(Response(status, Headers.of([("x-amzn-ErrorType", header)] if header else []), json.dumps({"__type": kind, "message": message}).encode()))


@pytest.mark.parametrize("status, code, message, kind", [
    (403, "AccessDeniedException", "You don't have access to the model", "key"), (403, "UnrecognizedClientException", "", "key"),
    (403, "ExpiredTokenException", "", "key"), (404, "ResourceNotFoundException", "", "model"), (429, "ThrottlingException", "", "busy"),
    (424, "ModelErrorException", "", "busy"), (408, "ModelTimeoutException", "", "busy"), (429, "ModelNotReadyException", "", "busy"),
    (500, "InternalServerException", "", "busy"), (503, "", "", "busy"), (400, "ServiceQuotaExceededException", "", "quota"),
    (400, "ValidationException", "The provided model identifier is invalid.", "model"),
    (400, "ValidationException", "Invocation of model ID x with on-demand throughput isn't supported.", "model"),
    (400, "ValidationException", "Input is too long for requested model.", "context"),
    (400, "ValidationException", "This model doesn't support tool use.", "form"),
])
def test_errors(status, code, message, kind):
    assert error(status, code, message).kind == kind
    if code:
        assert error(status, "", message, header=f"{code}:http://internal.amazon.com/").kind == kind


def test_the_part_that_an_error_is_about():
    assert error(400, "ValidationException", "This model doesn't support the toolConfig.toolChoice.tool field.").parameter == "toolChoice"
    assert error(400, "ValidationException", "temperature is not supported").parameter == "temperature"


def test_embeddings():
    request = bedrock.embedding_request(["a"], "amazon.titan-embed-text-v2:0", BASE, "")
    assert request.url.endswith("/model/amazon.titan-embed-text-v2%3A0/invoke")
    assert json.loads(request.body) == {"inputText": "a", "dimensions": 1024, "normalize": True}
    assert bedrock.embeddings({"embedding": [0.5, 1], "inputTextTokenCount": 2}) == ([[0.5, 1.0]], Usage(2))
    with pytest.raises(BadAnswer):
        bedrock.embeddings({"message": "x"})
