"""Anthropic's Python client: messages."""

import anthropic
import pytest

from conftest import PATIENCE
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

WEATHER = {"name": "get_weather", "description": "Get the weather in a city.", "input_schema": parameters("city")}
TIME = {"name": "get_time", "description": "Get the time in a city.", "input_schema": parameters("city")}


@pytest.fixture(scope="module")
def client(server):
    with anthropic.Anthropic(base_url=server, api_key="none", max_retries=0, timeout=PATIENCE) as client:
        yield client


@pytest.fixture
def asked(client):
    """What is asked, greedily; the newest models do not take this field, so the client has no name for it."""

    def asked(question=QUESTION, **more):
        settings = {"model": MODEL, "max_tokens": 300, "messages": user(question), **more}
        return {"extra_body": {"temperature": 0}, **settings}

    return asked


@pytest.fixture
def ask(client, asked):
    return lambda *question, **more: client.messages.create(**asked(*question, **more))


def test_a_question_is_answered(ask):
    answer = ask()
    assert answer.id.startswith("msg_")
    assert (answer.type, answer.role, answer.model) == ("message", "assistant", MODEL)
    (block,) = answer.content
    assert (block.type, block.text) == ("text", ANSWER)
    assert (answer.stop_reason, answer.stop_sequence) == ("end_turn", None)
    assert answer.usage.output_tokens > 3
    read = (answer.usage.cache_read_input_tokens or 0) + (answer.usage.cache_creation_input_tokens or 0)
    assert answer.usage.input_tokens + read > 5


def test_the_system_s_words_count(ask):
    question = "Name the capital of Iceland."
    for system in ("Answer in capital letters.", [{"type": "text", "text": "Answer in capital letters."}]):
        assert ask(question, system=system).content[0].text == "THE CAPITAL OF ICELAND IS REYKJAVIK."


def test_the_conversation_is_known(ask):
    said = {"role": "assistant", "content": [{"type": "text", "text": "I will remember that."}]}
    question = [{"type": "text", "text": "What is my favourite colour?"}]
    told = [*user("My favourite colour is teal."), said, *user(question)]
    assert "teal" in ask(messages=told).content[0].text


def test_an_answer_ends_where_it_is_to(ask, client, asked):
    short = ask(LONG_QUESTION, max_tokens=3)
    assert (short.stop_reason, short.usage.output_tokens) == ("max_tokens", 3)
    stopped = ask(LONG_QUESTION, stop_sequences=["nothing", "17"])
    assert "16" in stopped.content[0].text and "17" not in stopped.content[0].text
    assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", "17")
    with client.messages.stream(**asked(LONG_QUESTION, stop_sequences=["17"])) as stream:
        message = stream.get_final_message()
    assert (message.stop_reason, message.stop_sequence) == ("stop_sequence", "17")


KINDS = "message_start content_block_start content_block_delta content_block_stop message_delta message_stop".split()


def test_an_answer_streams(client, asked):
    with client.messages.stream(**asked()) as stream:
        events = list(stream)
        assert stream.get_final_message().content[0].text == ANSWER
    kinds = [event.type for event in events if event.type in KINDS]
    assert (kinds[:2], kinds[-3:]) == (["message_start", "content_block_start"], KINDS[-3:])
    deltas = [event.delta.text for event in events if event.type == "content_block_delta"]
    assert "".join(deltas) == ANSWER
    (end,) = [event for event in events if event.type == "message_delta"]
    assert end.delta.stop_reason == "end_turn" and end.usage.output_tokens > 3


def test_a_tool_is_called_and_its_result_used(ask):
    answer = ask(TOOL_QUESTION, tools=[WEATHER, TIME])
    assert answer.stop_reason == "tool_use"
    call = answer.content[-1]
    assert (call.type, call.name, call.input) == ("tool_use", "get_weather", TOOL_ARGUMENTS)
    result = {"type": "tool_result", "tool_use_id": call.id, "content": [{"type": "text", "text": TOOL_RESULT}]}
    told = [*user(TOOL_QUESTION), {"role": "assistant", "content": answer.content}, *user([result])]
    after = ask(messages=told, tools=[WEATHER, TIME])
    assert (after.content[0].text, after.stop_reason) == (TOOL_ANSWER, "end_turn")


def test_a_call_streams(client, asked):
    with client.messages.stream(**asked(TOOL_QUESTION, tools=[WEATHER])) as stream:
        parts = [event.delta.partial_json for event in stream if event.type == "content_block_delta"]
        message = stream.get_final_message()
    assert "".join(parts).replace(" ", "") == '{"city":"Paris"}'
    assert len(parts) > 1, "the arguments come as they are written"
    assert (message.content[-1].input, message.stop_reason) == (TOOL_ARGUMENTS, "tool_use")


def test_the_choice_of_tools(ask):
    for choice in ({"type": "any"}, {"type": "tool", "name": "get_time"}):
        call = ask(QUESTION, tools=[WEATHER, TIME], tool_choice=choice).content[-1]
        assert call.type == "tool_use" and isinstance(call.input, dict)
        assert call.name == choice.get("name", call.name)
    free = ask(TOOL_QUESTION, tools=[WEATHER], tool_choice={"type": "none"}, max_tokens=50)
    assert {block.type for block in free.content} == {"text"}


def test_thoughts_are_a_block_of_their_own(ask, client, asked):
    settings = {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 1500}
    thought, said = ask("Calculate 6 + 20.", **settings).content
    assert (thought.type, said.type) == ("thinking", "text")
    assert "6 + 20" in thought.thinking and said.text.strip() == "6 + 20 = 26"
    with client.messages.stream(**asked("Calculate 6 + 20.", **settings)) as stream:
        message = stream.get_final_message()
    assert [block.type for block in message.content] == ["thinking", "text"]


def test_tokens_are_counted(client, ask):
    few = client.messages.count_tokens(model=MODEL, messages=user("Hello")).input_tokens
    more = client.messages.count_tokens(model=MODEL, messages=user("Hello " * 20), tools=[WEATHER]).input_tokens
    assert 1 < few < more
    usage = ask("Hello").usage
    read = (usage.cache_read_input_tokens or 0) + (usage.cache_creation_input_tokens or 0)
    assert usage.input_tokens + read == few


WRONG = [
    {"max_tokens": 0},
    {"max_tokens": -1},
    {"extra_body": {"temperature": 3}},
    {"extra_body": {"top_p": -1}},
    {"messages": []},
    {"messages": [{"role": "nobody", "content": "x"}]},
    {"tool_choice": {"type": "tool", "name": "nothing"}, "tools": [WEATHER]},
    {"messages": user("word " * 5000)},
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: str(wrong)[:40])
def test_what_is_wrong_is_refused(ask, wrong):
    with pytest.raises(anthropic.BadRequestError) as caught:
        ask(**wrong)
    assert caught.value.body["type"] == "error"
    assert caught.value.body["error"]["type"] == "invalid_request_error"


def test_errors_have_their_kind(ask, guarded):
    with pytest.raises(anthropic.NotFoundError) as caught:
        ask(model=NOBODY)
    assert caught.value.body["error"]["type"] == "not_found_error"
    with pytest.raises(anthropic.AuthenticationError) as caught:
        stranger = anthropic.Anthropic(base_url=guarded.server, api_key="none", max_retries=0)
        stranger.messages.create(model=MODEL, max_tokens=10, messages=user(QUESTION))
    assert caught.value.body["error"]["type"] == "authentication_error"
    secret = guarded.call("server.makeToken", {"name": "anthropic", "scopes": ["generate"]})["secret"]
    friend = anthropic.Anthropic(base_url=guarded.server, api_key=secret, max_retries=0, timeout=PATIENCE)
    assert "Oslo" in friend.messages.create(model=MODEL, max_tokens=30, messages=user(QUESTION)).content[0].text
