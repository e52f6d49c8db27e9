"""OpenAI's Python client: chat completions."""

import json

import pytest
from openai import LengthFinishReasonError
from pydantic import BaseModel

from pocket import ANSWER, LONG_QUESTION, MODEL, QUESTION, user


@pytest.fixture
def ask(client):
    """Asks Pocket greedily."""

    def ask(question=QUESTION, **more):
        return client.chat.completions.create(**{"model": MODEL, "messages": user(question), "temperature": 0, **more})

    return ask


def text(chunks):
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def test_a_question_is_answered(ask):
    answer = ask()
    assert answer.id.startswith("chatcmpl-")
    assert (answer.object, answer.model) == ("chat.completion", MODEL)
    (choice,) = answer.choices
    assert (choice.index, choice.finish_reason, choice.logprobs) == (0, "stop", None)
    assert (choice.message.role, choice.message.content) == ("assistant", ANSWER)
    assert choice.message.tool_calls is None
    usage = answer.usage
    assert usage.prompt_tokens > 5 and usage.completion_tokens > 3
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


def test_the_conversation_is_known(ask):
    history = [
        {"role": "developer", "content": "Answer in capital letters."},
        {"role": "user", "content": [{"type": "text", "text": "Name the capital of Iceland."}]},
    ]
    assert ask(messages=history).choices[0].message.content == "THE CAPITAL OF ICELAND IS REYKJAVIK."
    told = user("My favourite colour is teal.")
    reply = ask(messages=told).choices[0].message
    later = ask(messages=[*told, reply, *user("What is my favourite colour?")])
    assert "teal" in later.choices[0].message.content


def test_an_answer_streams(ask):
    chunks = list(ask(stream=True, stream_options={"include_usage": True}))
    assert text(chunks) == ANSWER
    *told, last = chunks
    assert len({chunk.id for chunk in chunks}) == len({chunk.created for chunk in chunks}) == 1
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert [chunk.choices[0].delta.role for chunk in told] == ["assistant"] + [None] * (len(told) - 1)
    assert [chunk.choices[0].finish_reason for chunk in told] == [None] * (len(told) - 1) + ["stop"]
    assert all(chunk.usage is None for chunk in told)
    assert last.choices == [] and last.usage == ask().usage.model_copy(
        update={"prompt_tokens_details": last.usage.prompt_tokens_details}
    )


def test_a_long_answer_comes_in_pieces(ask):
    parts = [chunk.choices[0].delta.content for chunk in ask(LONG_QUESTION, stream=True)]
    assert "".join(filter(None, parts)) == ask(LONG_QUESTION).choices[0].message.content
    assert len(list(filter(None, parts))) > 2


def test_the_usage_comes_only_when_it_is_wanted(ask):
    chunks = list(ask(stream=True))
    assert text(chunks) == ANSWER
    assert all(chunk.choices and chunk.usage is None for chunk in chunks)


def test_the_client_s_own_gathering_of_a_stream(client):
    with client.chat.completions.stream(model=MODEL, messages=user(QUESTION), temperature=0) as stream:
        kinds = {event.type for event in stream}
        whole = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= kinds
    assert whole.choices[0].message.content == ANSWER


def test_a_stream_can_be_left(ask):
    stream = ask(LONG_QUESTION, stream=True)
    next(iter(stream))
    stream.close()
    assert ask().choices[0].message.content == ANSWER, "the next one is answered"


def test_an_answer_is_cut_where_it_is_to_be(ask):
    for limit in ({"max_tokens": 3}, {"max_completion_tokens": 3}, {"max_completion_tokens": 3, "max_tokens": 500}):
        answer = ask(LONG_QUESTION, **limit)
        assert answer.choices[0].finish_reason == "length", limit
        assert answer.usage.completion_tokens == 3, limit
    last = [chunk.choices[0].finish_reason for chunk in ask(LONG_QUESTION, max_tokens=3, stream=True)][-1]
    assert last == "length"


def test_it_stops_before_a_text(ask):
    whole = ask(LONG_QUESTION).choices[0].message.content
    assert "17" in whole
    for stop in ("17", ["no such text", "17"]):
        choice = ask(LONG_QUESTION, stop=stop).choices[0]
        assert (choice.message.content, choice.finish_reason) == (whole.split("17")[0], "stop")
        assert text(ask(LONG_QUESTION, stop=stop, stream=True)) == whole.split("17")[0]


def test_several_answers(ask):
    answer = ask("Tell me a story.", n=3, temperature=1.5, seed=7, max_tokens=12)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    assert len({choice.message.content for choice in answer.choices}) > 1, "each is drawn for itself"
    assert answer.usage.completion_tokens <= 36
    told = {0: "", 1: ""}
    for chunk in ask(n=2, stream=True):
        for choice in chunk.choices:
            told[choice.index] += choice.delta.content or ""
    assert told == {0: ANSWER, 1: ANSWER}


def test_a_seed_decides(ask):
    def told(seed):
        return ask("Say something.", temperature=1.2, seed=seed, max_tokens=6).choices[0].message.content

    once, again = ([told(seed) for seed in range(8)] for _ in range(2))
    assert len(set(once)) > 2
    # Where its cells lie in memory changes the last digits of what an engine computes, which rarely turns a draw.
    assert sum(first == second for first, second in zip(once, again, strict=True)) >= 6


def test_the_likeliest_tokens_are_told(ask):
    answer = ask(logprobs=True, top_logprobs=3)
    tokens = answer.choices[0].logprobs.content
    assert "".join(token.token for token in tokens).startswith(ANSWER)
    for token in tokens:
        assert len(token.top_logprobs) == 3
        assert token.logprob == token.top_logprobs[0].logprob <= 0, "greedy takes the likeliest"
        assert token.bytes == list(token.token.encode())
        assert [top.logprob for top in token.top_logprobs] == sorted((top.logprob for top in token.top_logprobs))[::-1]
    streamed = [
        token.token
        for chunk in ask(logprobs=True, top_logprobs=3, stream=True)
        for token in (chunk.choices[0].logprobs.content if chunk.choices[0].logprobs else [])
    ]
    assert streamed == [token.token for token in tokens]
    assert ask(logprobs=True).choices[0].logprobs.content[0].top_logprobs == []


def test_a_bias_forbids_a_token(ask):
    free = ask().choices[0].message.content
    biased = ask(logit_bias={str(token): -100 for token in range(200, 3000)}, max_tokens=8).choices[0].message.content
    assert biased != free


def test_thoughts_stand_apart(ask):
    answer = ask("Calculate 6 + 20.", reasoning_effort="low").choices[0].message
    assert answer.content.strip() == "6 + 20 = 26"
    assert "6 + 20" in answer.reasoning_content
    chunks = list(ask("Calculate 6 + 20.", reasoning_effort="low", stream=True))
    assert text(chunks).strip() == "6 + 20 = 26"
    thoughts = "".join(getattr(chunk.choices[0].delta, "reasoning_content", None) or "" for chunk in chunks)
    assert thoughts == answer.reasoning_content
    assert not hasattr(ask("Calculate 6 + 20.", reasoning_effort="none").choices[0].message, "reasoning_content")


# Answers in a form


class Person(BaseModel):
    name: str
    age: int
    likes: list[str]


@pytest.mark.parametrize("question", ["Give me JSON with name and age for Clara, 88 years old.", QUESTION])
def test_an_answer_has_the_form_that_is_asked_for(client, question):
    # Nothing keeps a small model from a list that never ends but the limit, and then there is no JSON to read.
    try:
        answer = client.chat.completions.parse(
            model=MODEL, messages=user(question), temperature=0, response_format=Person, max_tokens=400
        )
    except LengthFinishReasonError as cut:
        assert cut.completion.choices[0].finish_reason == "length"
    else:
        assert isinstance(answer.choices[0].message.parsed, Person)


def test_a_json_object_is_always_one(ask):
    asked = "Give me JSON with name and age for Clara, 88 years old."
    for question in (asked, QUESTION):
        choice = ask(question, response_format={"type": "json_object"}, max_tokens=400).choices[0]
        assert choice.finish_reason == "length" or isinstance(json.loads(choice.message.content), dict)
    told = text(ask(asked, response_format={"type": "json_object"}, stream=True))
    assert json.loads(told) == {"name": "Clara", "age": 88}


def test_a_schema_leaves_no_other_answer(ask):
    schema = {"type": "object", "properties": {"city": {"enum": ["Oslo", "Rome"]}}, "required": ["city"]}
    schema["additionalProperties"] = False
    form = {"type": "json_schema", "json_schema": {"name": "city", "strict": True, "schema": schema}}
    choice = ask(response_format=form, max_tokens=100).choices[0]
    assert json.loads(choice.message.content)["city"] in ("Oslo", "Rome")
