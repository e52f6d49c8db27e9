"""OpenAI's Python client: responses."""

import json

import openai
import pytest
from pydantic import BaseModel

from pocket import (
    ANSWER,
    LONG_QUESTION,
    MODEL,
    NOBODY,
    QUESTION,
    TOOL_ANSWER,
    TOOL_ARGUMENTS,
    TOOL_QUESTION,
    TOOL_RESULT,
    parameters,
    user,
)

WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "Get the weather in a city.",
    "parameters": parameters("city"),
    "strict": False,
}


@pytest.fixture
def ask(client):
    def ask(question=QUESTION, **more):
        return client.responses.create(**{"model": MODEL, "input": question, "temperature": 0, **more})

    return ask


def test_a_question_is_answered(ask):
    answer = ask()
    assert answer.id.startswith("resp_")
    assert (answer.object, answer.status, answer.model, answer.error) == ("response", "completed", MODEL, None)
    assert answer.output_text == ANSWER
    (message,) = answer.output
    assert (message.type, message.role, message.status) == ("message", "assistant", "completed")
    assert (message.content[0].type, message.content[0].annotations) == ("output_text", [])
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens
    assert answer.usage.input_tokens > 5 and answer.usage.output_tokens_details.reasoning_tokens == 0


def test_the_conversation_is_known(ask):
    assert ask("Name the capital of Iceland.", instructions="Answer in capital letters.").output_text.isupper()
    parts = [{"type": "input_text", "text": "What is my favourite colour?"}]
    told = [*user("My favourite colour is teal."), {"role": "assistant", "content": "I will remember."}, *user(parts)]
    assert "teal" in ask(told).output_text


def test_an_answer_streams(client, ask):
    events = list(ask(stream=True))
    kinds = [event.type for event in events]
    assert kinds[:2] == ["response.created", "response.in_progress"] and kinds[-1] == "response.completed"
    assert [event.sequence_number for event in events] == list(range(len(events)))
    said = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert "".join(said) == ANSWER
    assert events[-1].response.output_text == ANSWER
    for once in "output_item.added content_part.added output_text.done content_part.done output_item.done".split():
        assert kinds.count(f"response.{once}") == 1
    with client.responses.stream(model=MODEL, input=QUESTION, temperature=0) as stream:
        assert stream.get_final_response().output_text == ANSWER


def test_a_conversation_is_kept_by_the_server(client, ask):
    first = ask("My favourite colour is teal.")
    second = ask("What is my favourite colour?", previous_response_id=first.id)
    assert "teal" in second.output_text and second.previous_response_id == first.id
    assert client.responses.retrieve(first.id).output_text == first.output_text
    client.responses.delete(first.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(first.id)
    with pytest.raises(openai.APIStatusError) as caught:
        ask("And now?", previous_response_id=first.id)
    assert caught.value.status_code in (400, 404)


def test_what_is_not_to_be_kept_is_not(client, ask):
    passing = ask(store=False)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(passing.id)


def test_a_tool_is_called_and_its_result_used(ask):
    answer = ask(TOOL_QUESTION, tools=[WEATHER])
    call = answer.output[-1]
    assert (call.type, call.name, json.loads(call.arguments)) == ("function_call", "get_weather", TOOL_ARGUMENTS)
    result = {"type": "function_call_output", "call_id": call.call_id, "output": TOOL_RESULT}
    assert ask([result], previous_response_id=answer.id, tools=[WEATHER]).output_text == TOOL_ANSWER
    whole = [*user(TOOL_QUESTION), *answer.output, result]
    assert ask(whole, tools=[WEATHER]).output_text == TOOL_ANSWER


def test_a_call_streams(ask):
    events = list(ask(TOOL_QUESTION, tools=[WEATHER], stream=True))
    parts = [event.delta for event in events if event.type == "response.function_call_arguments.delta"]
    assert json.loads("".join(parts)) == TOOL_ARGUMENTS
    assert len(parts) > 1, "the arguments come as they are written"
    assert events[-1].response.output[-1].name == "get_weather"


def test_the_choice_of_tools(ask):
    for choice in ("required", {"type": "function", "name": "get_weather"}):
        assert ask(tools=[WEATHER], tool_choice=choice).output[-1].type == "function_call"
    assert {item.type for item in ask(tools=[WEATHER], tool_choice="none").output} == {"message"}


def test_thoughts_stand_apart(ask):
    answer = ask("Calculate 6 + 20.", reasoning={"effort": "low", "summary": "auto"})
    assert [item.type for item in answer.output] == ["reasoning", "message"]
    assert answer.output_text.strip() == "6 + 20 = 26"


def test_an_answer_that_is_cut_says_so(ask):
    cut = ask(LONG_QUESTION, max_output_tokens=3)
    assert (cut.status, cut.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    last = list(ask(LONG_QUESTION, max_output_tokens=3, stream=True))[-1]
    assert (last.type, last.response.status) == ("response.incomplete", "incomplete")


class City(BaseModel):
    model_config = {"extra": "forbid"}

    inhabited: bool


def test_an_answer_has_the_form_that_is_asked_for(client):
    answer = client.responses.parse(model=MODEL, input=QUESTION, temperature=0, text_format=City)
    assert isinstance(answer.output_parsed, City)


WRONG = [
    {"temperature": 3},
    {"top_p": -1},
    {"max_output_tokens": 0},
    {"tools": [{"type": "hammer"}]},
    {"question": []},
    {"question": "word " * 5000},
    {"text": {"format": {"type": "yaml"}}},
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: next(iter(wrong)))
def test_what_is_wrong_is_refused(ask, wrong):
    with pytest.raises(openai.BadRequestError) as caught:
        ask(**wrong)
    assert caught.value.type == "invalid_request_error"


def test_what_is_not_there_is_not_found(client, ask):
    with pytest.raises(openai.NotFoundError):
        ask(model=NOBODY)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve("resp_0000")
