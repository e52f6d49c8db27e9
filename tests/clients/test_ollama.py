"""Ollama's Python client, which knows the native endpoints."""

import ollama
import pytest
from pydantic import BaseModel

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
    WEATHER,
    user,
)

GREEDY = {"temperature": 0}


@pytest.fixture(scope="module")
def client(server):
    return ollama.Client(host=server, timeout=PATIENCE)


@pytest.fixture
def chat(client):
    def chat(question=QUESTION, **more):
        return client.chat(**{"model": MODEL, "messages": user(question), "options": GREEDY, **more})

    return chat


def test_the_models_are_listed(client):
    (model,) = [model for model in client.list().models if model.model.split(":")[0] == MODEL]
    assert model.size > 1_000_000 and len(model.digest) == 64 and model.modified_at.year >= 1970
    assert model.details.format == "gguf" and model.details.family == "qwen3"
    assert model.details.quantization_level == "Q8_0"


def test_a_model_is_shown(client):
    for name in (MODEL, f"{MODEL}:latest"):
        shown = client.show(name)
        assert {"completion", "tools", "thinking"} <= set(shown.capabilities)
        assert shown.details.family == "qwen3"
        assert shown.modelinfo["general.architecture"] == "qwen3"
        assert shown.modelinfo["qwen3.context_length"] == 2048
        assert "<|im_start|>" in shown.template


def test_a_question_is_answered(chat):
    answer = chat()
    assert (answer.message.role, answer.message.content) == ("assistant", ANSWER)
    assert (answer.done, answer.done_reason) == (True, "stop")
    assert answer.model.split(":")[0] == MODEL and answer.created_at
    assert answer.prompt_eval_count > 5 and answer.eval_count > 3
    assert answer.total_duration >= answer.eval_duration > 0, "nanoseconds"


def test_what_runs_is_told(client, chat):
    chat()
    (running,) = [model for model in client.ps().models if model.model.split(":")[0] == MODEL]
    assert running.context_length == 2048 and running.size > 0 and running.expires_at


def test_an_answer_streams(chat):
    parts = list(chat(stream=True))
    assert "".join(part.message.content for part in parts) == ANSWER
    assert [part.done for part in parts] == [False] * (len(parts) - 1) + [True]
    assert parts[-1].done_reason == "stop" and parts[-1].eval_count > 3
    assert len(list(chat(LONG_QUESTION, stream=True))) > 3, "in pieces"


def test_options_are_heeded(chat):
    short = chat(LONG_QUESTION, options={**GREEDY, "num_predict": 3})
    assert (short.done_reason, short.eval_count) == ("length", 3)
    whole = chat(LONG_QUESTION).message.content
    assert chat(LONG_QUESTION, options={**GREEDY, "stop": ["17"]}).message.content == whole.split("17")[0]
    wild = {"temperature": 1.2, "num_predict": 6}
    told = [chat("Say something.", options={**wild, "seed": seed}).message.content for seed in range(8)]
    assert len(set(told)) > 2, "each seed draws for itself"


def test_a_tool_is_called_and_its_result_used(chat):
    def get_weather(city: str) -> str:
        """
        Get the weather in a city.

        Args:
            city: the city
        """

    for tool in (WEATHER, get_weather):
        (call,) = chat(TOOL_QUESTION, tools=[tool]).message.tool_calls
        assert (call.function.name, call.function.arguments) == ("get_weather", TOOL_ARGUMENTS)
    first = chat(TOOL_QUESTION, tools=[WEATHER]).message
    result = {"role": "tool", "content": TOOL_RESULT, "tool_name": "get_weather"}
    after = chat(messages=[*user(TOOL_QUESTION), first, result], tools=[WEATHER])
    assert after.message.content == TOOL_ANSWER


def test_a_call_streams(chat):
    parts = list(chat(TOOL_QUESTION, tools=[WEATHER], stream=True))
    calls = [call for part in parts for call in part.message.tool_calls or []]
    assert [(call.function.name, call.function.arguments) for call in calls] == [("get_weather", TOOL_ARGUMENTS)]


def test_thoughts_stand_apart(chat):
    message = chat("Calculate 6 + 20.", think=True).message
    assert message.content.strip() == "6 + 20 = 26" and "6 + 20" in message.thinking
    assert chat("Calculate 6 + 20.", think=False).message.thinking is None


class City(BaseModel):
    model_config = {"extra": "forbid"}

    inhabitants: bool


def test_an_answer_has_the_form_that_is_asked_for(chat):
    City.model_validate_json(chat(format=City.model_json_schema()).message.content)
    asked = chat("Give me JSON with name and age for Clara, 88 years old.", format="json")
    assert '"Clara"' in asked.message.content


def test_text_is_gone_on_with(client):
    answer = client.generate(MODEL, QUESTION, options=GREEDY)
    assert (answer.response, answer.done_reason) == (ANSWER, "stop")
    parts = list(client.generate(MODEL, QUESTION, options=GREEDY, stream=True))
    assert "".join(part.response for part in parts) == ANSWER and parts[-1].done
    loud = client.generate(MODEL, "Name the capital of Iceland.", system="Answer in capital letters.", options=GREEDY)
    assert loud.response == "THE CAPITAL OF ICELAND IS REYKJAVIK."
    raw = f"<|im_start|>user\n{QUESTION}<|im_end|>\n<|im_start|>assistant\n"
    assert client.generate(MODEL, raw, raw=True, options=GREEDY).response == ANSWER


def test_an_empty_prompt_loads_and_unloads(client):
    names = lambda: [model.model.split(":")[0] for model in client.ps().models]  # noqa: E731
    assert client.generate(MODEL, "").done_reason == "load"
    assert MODEL in names()
    assert client.generate(MODEL, "", keep_alive=0).done_reason == "unload"
    assert MODEL not in names()


def test_errors_have_their_status(client, chat):
    for ask in (lambda: chat(model=NOBODY), lambda: client.generate(NOBODY, "x"), lambda: client.show(NOBODY)):
        with pytest.raises(ollama.ResponseError) as caught:
            ask()
        assert caught.value.status_code == 404 and NOBODY in caught.value.error
    for wrong in ({"temperature": -1}, {"num_predict": "many"}, {"top_p": 7}):
        with pytest.raises(ollama.ResponseError) as caught:
            chat(options=wrong)
        assert caught.value.status_code == 400 and next(iter(wrong)) in caught.value.error
    with pytest.raises(ollama.ResponseError) as caught:
        client.embed(MODEL, "a text")
    assert caught.value.status_code == 400, "it makes no vectors"


async def test_the_asynchronous_client(server):
    client = ollama.AsyncClient(host=server, timeout=PATIENCE)
    parts = [part async for part in await client.chat(MODEL, user(QUESTION), stream=True, options=GREEDY)]
    assert "".join(part.message.content for part in parts) == ANSWER
