"""What single formats have that their samples do not show: streams, tools, files, older conventions, what follows on what."""

import json

import pytest

from llmops_cli.logs.formats import azure, bedrock, chatgpt, helicone, litellm, openai, otel, prompts
from llmops_cli.logs.formats.format import Settings


def events(form, *records, **given):
    decoder = form.decoder(Settings(given))
    return [*(event for record in records for event in decoder.decode(record)), *decoder.end_file(), *decoder.finish()]


def said(found):
    return [(event["role"], event["content"]) for event in found]


def invocation(request, response, operation="InvokeModel", **record):
    return {"schemaType": "ModelInvocationLog", "timestamp": "2026-03-02T08:00:00Z", "requestId": "q", "operation": operation, "modelId": "m",
            "input": {"inputBodyJson": request}, "output": {"outputBodyJson": response}} | record


HI = [("user", "Hi"), ("assistant", "Hello.")]
ANTHROPIC = {"messages": [{"role": "user", "content": "Hi"}]}
ANTHROPIC_STREAM = [{"type": "message_start", "message": {"usage": {"input_tokens": 4, "cache_read_input_tokens": 6}}}, {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
                    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hel"}}, {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "lo."}},
                    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}},
                    {"type": "message_stop", "amazon-bedrock-invocationMetrics": {"inputTokenCount": 4, "outputTokenCount": 3, "invocationLatency": 640, "firstByteLatency": 200}}]
CONVERSE_STREAM = [{"messageStart": {"role": "assistant"}}, {"contentBlockDelta": {"delta": {"text": "Hel"}, "contentBlockIndex": 0}},
                   {"contentBlockDelta": {"delta": {"text": "lo."}, "contentBlockIndex": 0}}, {"metadata": {"usage": {"inputTokens": 4, "outputTokens": 3}, "metrics": {"latencyMs": 640}}}]


@pytest.mark.parametrize("request_body, response", [
    (ANTHROPIC, {"content": [{"type": "text", "text": "Hello."}], "usage": {"input_tokens": 4, "output_tokens": 3}}),
    (json.dumps({"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]}), json.dumps({"content": [{"type": "text", "text": "Hello."}]})),
    ({"prompt": "\n\nHuman: Hi\n\nAssistant:"}, {"completion": "Hello."}),
    ({"message": "Hi", "chat_history": []}, {"text": "Hello.", "finish_reason": "COMPLETE"}),
    ({"prompt": "Hi"}, {"generations": [{"text": "Hello."}]}),
    ({"prompt": "<s>[INST] Hi [/INST]"}, {"outputs": [{"text": "Hello.", "stop_reason": "stop"}]}),
    ({"messages": [{"role": "user", "content": "Hi"}]}, {"choices": [{"message": {"role": "assistant", "content": "Hello."}}]}),
    ({"inputText": "Hi"}, {"inputTextTokenCount": 1, "results": [{"outputText": "Hello.", "tokenCount": 3}]}),
    ({"inputText": "Hi"}, [{"outputText": "Hel", "index": 0}, {"outputText": "lo.", "index": 0}]),
    ({"prompt": "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"}, [{"generation": "Hel"}, {"generation": "lo."}]),
    ({"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}, {"output": {"message": {"role": "assistant", "content": [{"reasoningContent": {"reasoningText": {"text": "hm"}}}, {"text": "Hello."}]}}}),
    (ANTHROPIC, ANTHROPIC_STREAM), ({"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}, CONVERSE_STREAM)])
def test_bodies_of_bedrock(request_body, response):
    assert said(events(bedrock.FORMAT, invocation(request_body, response))) == HI


def test_figures_of_a_stream_and_the_name_of_a_model():
    arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-x-v1:0"
    reply = events(bedrock.FORMAT, invocation(ANTHROPIC, ANTHROPIC_STREAM, modelId=arn))[-1]
    assert (reply["input_tokens"], reply["output_tokens"], reply["cached_input_tokens"], reply["latency_ms"]) == (10, 3, 6, 640)
    assert (reply["model"], reply["model_id"]) == ("anthropic.claude-x-v1:0", arn)


def test_an_error_and_bodies_that_are_not_there():
    (failed,) = events(bedrock.FORMAT, invocation(None, None, errorCode="ThrottlingException", input={}, output={}))
    assert (failed["role"], failed["content"], failed["error"]) == ("assistant", "", "ThrottlingException")
    (stored,) = events(bedrock.FORMAT, invocation(None, None, input={"inputBodyS3Path": "s3://b/k", "inputTokenCount": 9}, output={"outputBodyS3Path": "s3://b/l", "outputTokenCount": 2}))
    assert stored["input_tokens"] == 9 and stored["content"] == ""


def test_tools_and_images_of_converse():
    call = {"toolUse": {"toolUseId": "t", "name": "weather", "input": {"city": "Oslo"}}}
    question = {"role": "user", "content": [{"text": "Rain?"}, {"image": {"format": "png", "source": {"bytes": "A" * 16000}}}]}
    first = invocation({"messages": [question]}, {"output": {"message": {"role": "assistant", "content": [call]}}}, "Converse")
    second = invocation({"messages": [question, {"role": "assistant", "content": [call]}, {"role": "user", "content": [{"toolResult": {"toolUseId": "t", "content": [{"json": {"rain": True}}]}}]}]},
                        {"output": {"message": {"role": "assistant", "content": [{"text": "Yes."}]}}}, "Converse", requestId="q2")
    for order in ([first, second], [second, first]):
        found = events(bedrock.FORMAT, *order)
        assert said(found) == [("user", "Rain?\n[image image/png 12 kB]"), ("assistant", ""), ("tool", '{"rain":true}'), ("assistant", "Yes.")]
        assert found[1]["tool_calls"] == [{"id": "t", "name": "weather", "arguments": '{"city":"Oslo"}'}]
        assert {event["conversation_id"] for event in found} == {"q"}


def response(identity, text, before=None, **keys):
    return {"id": identity, "object": "response", "created_at": 1772438400, "model": "m", "previous_response_id": before,
            "output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}]} | keys


def test_responses_that_follow_on_one_another_are_one_conversation():
    found = events(openai.FORMAT, {"request": {"input": "Go on"}, "response": response("r1", "One.")},
                   {"request": {"input": "Go on", "previous_response_id": "r1"}, "response": response("r2", "Two.", "r1")},
                   {"request": {"input": "Go on", "previous_response_id": "r2"}, "response": response("r3", "Three.", "r2")})
    assert said(found) == [("user", "Go on"), ("assistant", "One."), ("user", "Go on"), ("assistant", "Two."), ("user", "Go on"), ("assistant", "Three.")]
    assert len({event["conversation_id"] for event in found}) == 1


def test_items_of_the_responses_api():
    request = {"instructions": "Be brief.", "input": [{"role": "user", "content": [{"type": "input_text", "text": "Rain?"}, {"type": "input_file", "file_data": "data:application/pdf;base64,AAAA"}]},
                                                     {"type": "function_call", "call_id": "t", "name": "weather", "arguments": "{}"}, {"type": "function_call_output", "call_id": "t", "output": "wet"}]}
    found = events(openai.FORMAT, {"request": request, "response": response("r", "Yes.", status="incomplete", incomplete_details={"reason": "max_output_tokens"})})
    assert said(found) == [("system", "Be brief."), ("user", "Rain?\n[file application/pdf 3 B]"), ("assistant", ""), ("tool", "wet"), ("assistant", "Yes.")]
    assert found[-1]["error"] == "incomplete max_output_tokens"


def test_a_streamed_chat_completion_is_joined():
    chunks = [{"id": "r", "object": "chat.completion.chunk", "created": 1772438400, "model": "m", "choices": [{"delta": {"role": "assistant", "content": "Hel"}}]},
              {"id": "r", "choices": [{"delta": {"content": "lo."}}]}, {"id": "r", "choices": [], "usage": {"prompt_tokens": 4, "completion_tokens": 3}}]
    found = events(openai.FORMAT, {"request": {"messages": [{"role": "user", "content": "Hi"}]}, "response": chunks})
    assert said(found) == HI and found[1]["output_tokens"] == 3 and found[1]["message_id"] == "r"


def attributes(**named):
    return [{"key": key, "value": {"stringValue": value} if isinstance(value, str) else {"intValue": value}} for key, value in named.items()]


def span(found, **keys):
    return {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "t", "spanId": "s", "startTimeUnixNano": "1772438400000000000", "endTimeUnixNano": "1772438401000000000", "attributes": attributes(**found)} | keys]}]}]}


@pytest.mark.parametrize("found", [
    {"llm.request.type": "chat", "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "Hi", "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "Hello.",
     "gen_ai.usage.prompt_tokens": 4, "gen_ai.usage.completion_tokens": "3", "gen_ai.request.model": "m"},
    {"openinference.span.kind": "LLM", "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "Hi", "llm.output_messages.0.message.role": "assistant",
     "llm.output_messages.0.message.content": "Hello.", "llm.token_count.prompt": 4, "llm.token_count.completion": 3, "llm.model_name": "m"}])
def test_older_conventions_of_traces(found):
    told = events(otel.FORMAT, span(found))
    assert said(told) == HI
    assert (told[1]["input_tokens"], told[1]["output_tokens"], told[1]["latency_ms"], told[1]["model"], told[1]["conversation_inferred"]) == (4, 3, 1000, "m", True)


def test_a_failed_span_tells_its_class_only():
    (failed,) = events(otel.FORMAT, span({"gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "error.type": "TimeoutError"}, status={"code": 2, "message": "for ann@x.org"}))
    assert failed["error"] == "TimeoutError" and "ann" not in json.dumps(failed)


def test_errors_never_carry_what_the_server_said():
    record = {"id": "r", "call_type": "completion", "startTime": 1772438400.0, "endTime": 1772438399.0, "status": "failure", "model": "m", "messages": "Hi", "response": {}, "response_cost": 0,
              "error_str": "for ann@x.org", "error_information": {"error_class": "RateLimitError", "error_code": "429", "traceback": "/home/ann/x.py", "error_message": "for ann@x.org"}}
    found = events(litellm.FORMAT, record)
    assert said(found) == [("user", "Hi"), ("assistant", "")] and found[1]["error"] == "RateLimitError 429" and "latency_ms" not in found[1]
    assert "ann" not in json.dumps(found)


def test_a_repeated_correlation_id_is_no_repeated_call():
    record = {"category": "RequestResponse", "time": "2026-03-02T08:00:00Z", "correlationId": "k", "operationName": "ChatCompletions_Create", "resultSignature": "200", "durationMs": 5, "properties": {"modelName": "m"}}
    found = events(azure.FORMAT, record, record | {"time": "2026-03-02T08:00:01Z"}, record, record | {"operationName": "ListKey"})
    assert len(found) == len({event["message_id"] for event in found}) == 2


def test_tools_of_chatgpt():
    nodes = {"a": {"parent": None, "message": {"id": "a", "author": {"role": "assistant"}, "recipient": "python", "create_time": 1772438400, "content": {"content_type": "code", "text": "1+1"}}},
             "b": {"parent": "a", "message": {"id": "b", "author": {"role": "tool"}, "create_time": None, "content": {"content_type": "execution_output", "text": "2"}}}}
    found = events(chatgpt.FORMAT, {"conversation_id": "c", "mapping": nodes, "current_node": "b"})
    assert said(found) == [("assistant", ""), ("tool", "2")] and found[0]["tool_calls"] == [{"name": "python", "arguments": "1+1"}]
    assert found[1]["event_time"] == found[0]["event_time"]


def test_a_prompt_without_roles_is_what_the_user_said():
    assert [tuple(message)[:2] for message in prompts.messages("Translate: Human: hello")] == [("user", "Translate: Human: hello")]


ASKED = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
CHUNKS = [{"id": "r", "created": 1772438400, "model": "m", "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hel"}}]}, {"id": "r", "choices": [{"index": 0, "delta": {"content": "lo."}}]},
          {"id": "r", "choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 3}}]
RESPONSE = {"id": "r", "object": "response", "created_at": 1772438400, "status": "completed", "output": [{"type": "message", "content": [{"type": "output_text", "text": "Hello."}]}],
            "usage": {"input_tokens": 10, "output_tokens": 3}}
MESSAGE = {"id": "r", "type": "message", "role": "assistant", "model": "m", "content": [{"type": "text", "text": "Hello."}], "usage": {"input_tokens": 4, "cache_read_input_tokens": 6, "output_tokens": 3}}


def streamed(chunks):
    return "".join(f"event: {chunk.get('type', 'x')}\ndata: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"


@pytest.mark.parametrize("response, tokens", [
    (streamed(CHUNKS), (10, 3)), (CHUNKS, (10, 3)), (streamed([{"type": "response.created", "response": {"id": "r"}}, {"type": "response.completed", "response": RESPONSE}]), (10, 3)),
    (MESSAGE, (10, 3)), (json.dumps(MESSAGE), (10, 3)), (streamed([{"type": "message_start", "message": {**MESSAGE, "content": []}}, *ANTHROPIC_STREAM[1:]]), (10, 3)),
    ("Hello.", (None, None)), ({"role": "assistant", "content": "Hello."}, (None, None))])
def test_bodies_of_gateways_whatever_their_server_and_whether_they_were_streamed(response, tokens):
    found = events(openai.FORMAT, {"timestamp": "2026-03-02T08:00:00Z", "request": ASKED, "response": response})
    assert said(found) == HI and tuple(found[-1].get(key) for key in ("input_tokens", "output_tokens")) == tokens
    if not isinstance(response, str) or response.startswith(("{", "event:")):
        record = {"category": "GatewayLogs", "time": "2026-03-02T08:00:00Z", "properties": {"backendRequestBody": json.dumps(ASKED), "backendResponseBody": response, "responseCode": 200}}
        assert said(events(azure.FORMAT, record)) == HI
        assert said(events(helicone.FORMAT, {"request_created_at": "2026-03-02T08:00:00Z", "response_status": 200, "request_body": ASKED, "response_body": response})) == HI


def test_the_answers_of_a_stream_are_told_apart_and_those_that_are_spoken_are_text():
    chunks = [{"choices": [{"index": 1, "delta": {"content": "Ho."}}]}, *CHUNKS]
    assert said(events(openai.FORMAT, {"timestamp": "2026-03-02T08:00:00Z", "request": ASKED, "response": chunks})) == [*HI, ("assistant", "Ho.")]
    spoken = {"object": "chat.completion", "id": "r", "created": 1772438400, "choices": [{"message": {"role": "assistant", "content": None, "audio": {"transcript": "Hello."}}}]}
    assert said(events(openai.FORMAT, spoken)) == HI[1:]


def test_bodies_that_are_cut_short_are_counted_and_what_a_server_said_of_its_failure_is_no_reply():
    decoder = azure.FORMAT.decoder(Settings())
    cut = {"category": "GatewayLogs", "time": "2026-03-02T08:00:00Z", "properties": {"backendRequestBody": json.dumps(ASKED)[:-9], "backendResponseBody": '{"choices": [{"mess', "responseCode": 200}}
    assert decoder.decode(cut) == [] and decoder.skipped == {"bodies that are cut short": 2}
    failed = events(openai.FORMAT, {"timestamp": "2026-03-02T08:00:00Z", "status": 502, "request": ASKED, "response": "upstream at 10.0.0.1 hung up"})
    assert said(failed) == [("user", "Hi"), ("assistant", "")] and failed[-1]["error"] == "502"
