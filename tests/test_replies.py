"""What a reply is: tables of texts, and how often public chat is misjudged."""

import gzip
import json

import pytest

from llmops_cli import replies

ERRORS = ("Error: upstream timeout", "An error occurred while processing your request.", "Oops! Something went wrong. Please try again later.", "500 Internal Server Error", "ThrottlingException: Rate exceeded",
          "The model is currently overloaded.", "Rate limit exceeded", "The request timed out.", "502 Bad Gateway", "Es ist ein Fehler aufgetreten.", "Une erreur s'est produite.", "Se ha producido un error.",
          "Si è verificato un errore.", "Ocorreu um erro.", "Er is een fout opgetreden.", "Wystąpił błąd.", "エラーが発生しました。", "发生了错误，请重试。", "botocore.exceptions.ReadTimeoutError: no answer", "Sorry, an unexpected error occurred.",
          "Error 503", "Ett fel uppstod.", "Произошла ошибка")
NO_ERRORS = ("The error in line 3 is a missing colon.", "Errors are logged in /var/log.", "A 404 page tells the reader that nothing is there.", "Your type error comes from adding a string to a number.", "Nothing went wrong in the March run.",
             "The wrong gate was announced.", "Trial and error is a fine method.", "An error occurred in your loop because the index starts at one. " + "Here is how to mend it, step by step. " * 8, "", "The standard error of the mean is 0.2.")


@pytest.mark.parametrize("phrase", replies.PHRASES, ids=lambda phrase: phrase.language)
def test_each_language_proves_itself(phrase):
    assert [text for text in phrase.finds if not replies.is_refusal(text)] == []
    assert [text for text in phrase.ignores if replies.said(text)] == []
    assert all(any(word in text.lower().replace("’", "'") for word in phrase.words.split()) for text in phrase.finds)


def test_other_scripts():
    assert [text for text in replies.OTHER_SCRIPTS_FINDS if not replies.is_refusal(text)] == []
    assert [text for text in replies.OTHER_SCRIPTS_IGNORES if replies.said(text)] == []


def test_a_refusal_is_the_replys_own_and_stands_at_its_beginning():
    assert not replies.is_refusal("Dear Ms Berg,\n\nI'm sorry, but I cannot provide that information.")
    assert not replies.is_refusal("Here is a draft: I can't help with that.")
    assert not replies.is_refusal("The ferry leaves at nine. " * 20 + "I can't help with that.")
    assert replies.is_refusal("I understand. However, I can’t assist with that.")
    assert replies.refuses({"content": "", "finish_reason": "content_filter"}) and not replies.refuses({"content": "yes", "finish_reason": "stop"})


def test_errors_said_in_words():
    assert [text for text in ERRORS if not replies.is_error({"content": text})] == []
    assert [text for text in NO_ERRORS if replies.said(text)] == []


def test_errors_of_the_field():
    assert replies.is_error({"content": "", "error": "429"}) and not replies.is_error({"content": "", "error": ""}) and not replies.is_error({"error": None, "content": 5})
    assert [replies.error_class({"error": error}) for error in ("ReadTimeout", "rate_limit_error 429", "APIError: key sk-1 is wrong", {"type": "overloaded_error"}, ["x"], "Ann called", "ann_berg@example.org", 503)] \
        == ["ReadTimeout", "rate_limit_error 429", "APIError", "overloaded_error", "error", "error", "error", "503"]


@pytest.mark.parametrize("error", ["TimeoutError", "ReadTimeout", "request timed out", "504 Gateway Timeout", "DEADLINE_EXCEEDED", "ModelTimeoutException", "408"])
def test_timeouts(error):
    assert replies.is_timeout({"error": error, "content": ""})


def test_a_timeout_is_an_error():
    assert replies.is_timeout({"content": "The request timed out."}) and not replies.is_timeout({"content": "Time out of mind, the song says."})
    assert not replies.is_timeout({"error": "ThrottlingException"}) and not replies.is_timeout({"error": "15040"})


def test_empty():
    assert replies.is_empty({"content": ""}) and replies.is_empty({"content": " \n"}) and replies.is_empty({})
    assert not replies.is_empty({"content": "", "error": "429"}) and not replies.is_empty({"content": "", "tool_calls": [{"name": "search"}]}) and not replies.is_empty({"content": "0"})


@pytest.mark.parametrize("event, cut", [
    ({"content": "Yes.", "finish_reason": "length"}, True), ({"content": "Yes", "stop_reason": "max_tokens"}, True), ({"content": "and the", "finish_reason": "stop"}, False),
    ({"content": "```py\nprint(1)\n"}, True), ({"content": "```py\nprint(1)\n```"}, False), ({"content": "The ferry leaves at nine and it arrives in the harbour of the other island at ten and the"}, True),
    ({"content": "The ferry leaves at nine and it arrives in the harbour of the other island at ten"}, False), ({"content": "apples,"}, False), ({"content": "Yes"}, False), ({"content": ""}, False),
])
def test_cut_off(event, cut):
    assert replies.is_cut_off(event) is cut


def test_public_chat_is_seldom_taken_for_what_it_is_not(data):
    texts = [json.loads(line)["text"] for line in gzip.decompress((data / "pii" / "chat_clean.jsonl.gz").read_bytes()).splitlines()]
    found = [text for text in texts if replies.said(text)]
    assert len(texts) > 1000 and len(found) <= 0.02 * len(texts)
