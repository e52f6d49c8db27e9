"""LiteLLM, as a program with it would use the server."""

import os

import pytest

# It would fetch a list of prices when it is imported.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm

from pocket import ANSWER, MODEL, NOBODY, QUESTION, TOOL_QUESTION, WEATHER, user


@pytest.fixture
def ask(server):
    def ask(question=QUESTION, model=MODEL, **more):
        settings = {"model": f"openai/{model}", "messages": user(question), "temperature": 0, "api_key": "none"}
        return litellm.completion(**settings, api_base=f"{server}/v1", num_retries=0, max_retries=0, **more)

    return ask


def test_a_question_is_answered(ask):
    answer = ask()
    assert answer.choices[0].message.content == ANSWER
    assert answer.usage.completion_tokens > 3


def test_an_answer_streams(ask):
    chunks = list(ask(stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == ANSWER


def test_a_tool_is_called(ask):
    (call,) = ask(TOOL_QUESTION, tools=[WEATHER]).choices[0].message.tool_calls
    assert call.function.name == "get_weather"


def test_errors_are_told_apart(ask):
    with pytest.raises(litellm.NotFoundError):
        ask(model=NOBODY)
    with pytest.raises(litellm.BadRequestError):
        ask(n=1000)
    with pytest.raises(litellm.ContextWindowExceededError):
        ask("word " * 5000)
