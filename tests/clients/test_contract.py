"""Requests made up by Schemathesis from OpenAI's public API description (`contract/`): an answer to what it allows has
the form that it promises, and what it does not allow breaks nothing."""

import json
from collections import Counter
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from conftest import PATIENCE
from pocket import MODEL, QUESTION, TOOL_QUESTION, WEATHER, user

DESCRIPTION = Path(__file__).parent / "contract" / "openai.json"
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
# What keeps an answer short, by path.
LIMITS = {
    "/chat/completions": "max_completion_tokens",
    "/completions": "max_tokens",
    "/responses": "max_output_tokens",
}
# The first three are refused in words, for the server keeps nothing of the kind, and few requests would be left. Events
# of streams are described by what stands in their data, which Schemathesis does not open; we do, below.
LEFT_OUT = {"background", "conversation", "previous_response_id", "stream", "stream_options"}


def described(mode):
    """The description as Schemathesis reads it, asking Pocket for few words."""
    schema = schemathesis.openapi.from_dict(json.loads(DESCRIPTION.read_text()))
    schema.config.generation.update(modes=[mode])
    # It would go through all combinations of all fields, thousands for one path.
    schema.config.phases.coverage.enabled = False

    @schema.hook
    def map_body(context, body):
        limit = LIMITS.get(context.operation.path)
        if isinstance(body, dict) and limit:
            body = {name: value for name, value in body.items() if name not in LEFT_OUT}
            body |= {"model": MODEL, limit: 8}
            body |= {"max_tokens": 8} if "max_tokens" in body else {}
            body |= {"input": QUESTION} if limit == "max_output_tokens" and not body.get("input") else {}
        return body

    return schema


def made_up(examples):
    """So many requests for each path, the same in every run."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


allowed = described(GenerationMode.POSITIVE)
not_allowed = described(GenerationMode.NEGATIVE)
answered = Counter()


@allowed.parametrize()
@made_up(40)
def test_what_is_allowed_is_answered_in_its_form(case, server):
    response = case.call(base_url=f"{server}/v1", timeout=PATIENCE)
    case.validate_response(response, checks=CHECKS)
    answered[case.operation.label] += response.status_code == 200


def test_the_forms_of_answers_were_seen():
    for path in LIMITS:
        assert answered[f"POST {path}"] >= 5, answered


@not_allowed.parametrize()
@made_up(40)
def test_what_is_not_allowed_breaks_nothing(case, server):
    response = case.call(base_url=f"{server}/v1", timeout=PATIENCE)
    case.validate_response(response, checks=[not_a_server_error])


STREAMS = [
    ("/completions", "CreateCompletionResponse", {"prompt": QUESTION, "max_tokens": 8}),
    ("/chat/completions", "CreateChatCompletionStreamResponse", {"messages": user(QUESTION), "logprobs": True}),
    ("/chat/completions", "CreateChatCompletionStreamResponse", {"messages": user(TOOL_QUESTION), "tools": [WEATHER]}),
    ("/responses", "ResponseStreamEvent", {"input": QUESTION}),
    ("/responses", "ResponseStreamEvent", {"input": "Calculate 6 + 20.", "reasoning": {"effort": "low"}}),
    ("/responses", "ResponseStreamEvent", {"input": TOOL_QUESTION, "tools": [WEATHER | WEATHER["function"]]}),
]


@pytest.mark.parametrize("path, form, asked", STREAMS)
def test_every_event_of_a_stream_has_its_form(server, path, form, asked):
    components = json.loads(DESCRIPTION.read_text())["components"]
    validator = Draft202012Validator({"$ref": f"#/components/schemas/{form}", "components": components})
    body = {"model": MODEL, "temperature": 0, "stream": True, **asked}
    answer = httpx.post(f"{server}/v1{path}", json=body, timeout=PATIENCE)
    assert answer.headers["content-type"] == "text/event-stream"
    told = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: ")]
    events = [json.loads(data) for data in told if data != "[DONE]"]
    assert events
    for event in events:
        # Where the description has no null, OpenAI's own answers have one until the end.
        if event.get("response", {}).get("usage", "") is None:
            del event["response"]["usage"]
        validator.validate(event)
