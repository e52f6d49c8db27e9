"""The ends of every number that a request for an answer can hold: refused or heeded, never a failure or a hang."""

import json

import httpx
import pytest

from conftest import PATIENCE
from pocket import ANSWER, MODEL, QUESTION, user

# As they stand in the request; Python's own writer makes no 1e309.
NUMBERS = ["-1", "0", "1", "-0.0", "0.5", "2147483648", "9223372036854775807", "9223372036854775808", "1e309", "-1e309"]
NUMBERS += ["18446744073709551616", "1e-320", "NaN", "Infinity", '"NaN"', '"1"', "true", "null", "[]", "{}"]
FIELDS = """temperature top_p top_k min_p repeat_penalty presence_penalty frequency_penalty seed max_tokens
    max_completion_tokens n top_logprobs ttl""".split()
PLACES = {field: f'"{field}":%s' for field in FIELDS} | {
    "top_logprobs": '"logprobs":true,"top_logprobs":%s',
    "logit_bias": '"logit_bias":{"7":%s}',
    "an integer's bounds": '"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":'
    '{"type":"integer","minimum":%s,"maximum":9223372036854775807}}}',
}


@pytest.fixture(scope="module")
def post(server):
    with httpx.Client(base_url=server, timeout=PATIENCE, headers={"content-type": "application/json"}) as client:
        yield lambda body: client.post("/v1/chat/completions", content=body)


@pytest.mark.parametrize("field, place", PLACES.items(), ids=PLACES)
def test_every_number_is_heeded_or_refused(post, field, place):
    short = {} if field.startswith("max_") else {"max_tokens": 8}
    body = json.dumps({"model": MODEL, "messages": user(QUESTION), **short})
    statuses = {}
    for number in NUMBERS:
        answer = post(f"{body[:-1]},{place % number}}}")
        statuses[number] = answer.status_code
        assert answer.status_code in (200, 400), (number, answer.text)
        if answer.status_code == 400:
            error = answer.json()["error"]
            assert error["type"] == "invalid_request_error" and error["message"], number
    assert statuses["null"] == 200 or "bounds" in field or field == "logit_bias", "null is as good as nothing"
    assert statuses["NaN"] == statuses["Infinity"] == 400, "no JSON"
    after = post(json.dumps({"model": MODEL, "messages": user(QUESTION), "temperature": 0})).json()
    assert after["choices"][0]["message"]["content"] == ANSWER, "it goes on answering"
