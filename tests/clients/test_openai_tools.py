"""OpenAI's Python client: functions that the model calls."""

import json

import pytest

from pocket import (
    ANSWER,
    MODEL,
    QUESTION,
    SEARCH,
    TIME,
    TOOL_ANSWER,
    TOOL_ARGUMENTS,
    TOOL_QUESTION,
    TOOL_RESULT,
    WEATHER,
    user,
)

TOOLS = [WEATHER, SEARCH, TIME]


@pytest.fixture
def ask(client):
    """Offers Pocket the tools."""

    def ask(question=TOOL_QUESTION, **more):
        settings = {"model": MODEL, "messages": user(question), "temperature": 0, "tools": TOOLS, **more}
        return client.chat.completions.create(**settings)

    return ask


def test_a_tool_is_called_and_its_result_used(ask):
    choice = ask().choices[0]
    assert choice.finish_reason == "tool_calls" and choice.message.content is None
    (call,) = choice.message.tool_calls
    assert (call.type, call.function.name) == ("function", "get_weather")
    assert json.loads(call.function.arguments) == TOOL_ARGUMENTS
    result = {"role": "tool", "tool_call_id": call.id, "content": TOOL_RESULT}
    after = ask(messages=[*user(TOOL_QUESTION), choice.message, result]).choices[0]
    assert (after.message.content, after.finish_reason) == (TOOL_ANSWER, "stop")


def test_a_call_streams_name_first(ask):
    chunks = list(ask(stream=True))
    parts = [call for chunk in chunks for call in chunk.choices[0].delta.tool_calls or []]
    assert {part.index for part in parts} == {0}
    first, *rest = parts
    assert first.id and first.type == "function" and first.function.name == "get_weather"
    assert all(part.function.name is None for part in rest)
    assert first.function.arguments == "" and len(rest) > 1, "the arguments come as they are written"
    assert json.loads("".join(part.function.arguments for part in parts)) == TOOL_ARGUMENTS
    assert chunks[-1].choices[0].finish_reason == "tool_calls"
    assert not any("<tool_call>" in (chunk.choices[0].delta.content or "") for chunk in chunks)


def test_a_call_that_must_come_streams(ask):
    named = {"type": "function", "function": {"name": "get_time"}}
    chunks = ask(stream=True, tool_choice=named, max_tokens=200)
    parts = [call for chunk in chunks for call in chunk.choices[0].delta.tool_calls or []]
    assert parts[0].function.name == "get_time" and len(parts) > 2
    assert isinstance(json.loads("".join(part.function.arguments for part in parts))["city"], str)


def test_a_call_that_is_cut_is_told_as_far_as_it_came(ask):
    usage = ask().usage
    chunks = list(ask(stream=True, max_tokens=usage.completion_tokens - 4))
    parts = [call.function.arguments for chunk in chunks for call in chunk.choices[0].delta.tool_calls or []]
    with pytest.raises(json.JSONDecodeError):
        json.loads("".join(parts))
    assert parts and chunks[-1].choices[0].finish_reason == "length"


def test_the_client_gathers_a_streamed_call(client):
    settings = {"model": MODEL, "messages": user(TOOL_QUESTION), "temperature": 0, "tools": TOOLS}
    with client.chat.completions.stream(**settings) as stream:
        call = stream.get_final_completion().choices[0].message.tool_calls[0]
    assert (call.function.name, json.loads(call.function.arguments)) == ("get_weather", TOOL_ARGUMENTS)


def test_a_question_that_needs_no_tool_is_answered(ask):
    message = ask(QUESTION).choices[0].message
    assert (message.content, message.tool_calls) == (ANSWER, None)


def test_a_tool_must_be_called(ask):
    choice = ask(QUESTION, tool_choice="required", max_tokens=200).choices[0]
    (call,) = choice.message.tool_calls
    assert call.function.name in {tool["function"]["name"] for tool in TOOLS}
    assert isinstance(json.loads(call.function.arguments), dict)
    assert choice.finish_reason == "tool_calls"


def test_a_certain_tool_must_be_called(ask):
    named = {"type": "function", "function": {"name": "get_time"}}
    (call,) = ask(tool_choice=named, max_tokens=200).choices[0].message.tool_calls
    assert call.function.name == "get_time"
    assert isinstance(json.loads(call.function.arguments)["city"], str)


def test_no_tool_may_be_called(ask):
    message = ask(tool_choice="none", max_tokens=50).choices[0].message
    assert message.tool_calls is None and message.content


def test_tools_without_arguments_and_with_deep_ones(ask):
    plain = {"type": "function", "function": {"name": "ping"}}
    where = {"type": "object", "properties": {"x": {"type": "integer", "minimum": 0, "maximum": 9}}, "required": ["x"]}
    where["additionalProperties"] = False
    deep = {"type": "object", "properties": {"where": where}, "required": ["where"], "additionalProperties": False}
    for tool in (plain, {"type": "function", "function": {"name": "go", "parameters": deep, "strict": True}}):
        (call,) = ask(tools=[tool], tool_choice="required", max_tokens=200).choices[0].message.tool_calls
        assert call.function.name == tool["function"]["name"]
        arguments = json.loads(call.function.arguments)
        assert tool is plain or 0 <= arguments["where"]["x"] <= 9
