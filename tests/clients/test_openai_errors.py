"""OpenAI's Python client: the models that there are, and everything that is refused."""

import openai
import pytest

from pocket import ANSWER, MODEL, NOBODY, QUESTION, user


@pytest.fixture
def refused(client):
    """Asks Pocket what it has to refuse, and returns the error."""

    def refused(kind=openai.BadRequestError, **wrong):
        with pytest.raises(kind) as caught:
            client.chat.completions.create(**{"model": MODEL, "messages": user(QUESTION), **wrong})
        return caught.value

    return refused


def test_the_models_are_listed(client):
    models = client.models.list().data
    assert MODEL in [model.id for model in models]
    assert all(model.object == "model" and isinstance(model.created, int) and model.owned_by for model in models)
    assert client.models.retrieve(MODEL).id == MODEL


def test_what_is_no_model_is_not_found(client, refused):
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve(NOBODY)
    assert caught.value.code == "model_not_found" and NOBODY in caught.value.message
    assert refused(openai.NotFoundError, model=NOBODY).code == "model_not_found"
    assert refused(openai.NotFoundError, model=NOBODY, stream=True).type == "invalid_request_error"


def test_what_is_not_served_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.images.generate(prompt="a boat")
    assert caught.value.code == "unknown_path"


def test_a_conversation_that_does_not_fit_is_refused_with_numbers(refused):
    for stream in (False, True):
        error = refused(messages=user("word " * 5000), stream=stream)
        assert error.code == "context_length_exceeded"
        assert "2048" in error.message.replace(",", ""), "what the model holds"
        asked = [int(word) for word in error.message.replace(",", "").replace(".", " ").split() if word.isdigit()]
        assert max(asked) > 5000, "what was asked"


WRONG = {
    "temperature": [-0.1, 2.1, "hot", [1]],
    "top_p": [-0.1, 1.1, "all"],
    "max_tokens": [0, -1, 1.5, "many"],
    "max_completion_tokens": [0, -1, "many"],
    "n": [0, -1, 1000, "two"],
    "presence_penalty": [-2.1, 2.1, "x"],
    "frequency_penalty": [-2.1, 2.1, "x"],
    "top_logprobs": [-1, 21, "x"],
    "seed": ["x", 1.5],
    "stop": [{"a": 1}, 7],
    "logit_bias": [{"1": 101}, {"x": 1}, [1]],
    "tool_choice": ["sometimes", {"type": "function", "function": {"name": "nothing"}}, "required"],
    "tools": ["hammer", [{"type": "function", "function": {}}], [{"type": "code_interpreter"}]],
    "response_format": [{"type": "yaml"}],
    "reasoning_effort": ["very"],
    "messages": [[], "hello", [{"role": "nobody", "content": "x"}], [{"role": "user"}], [{"content": "x"}]],
    "stream": ["yes"],
}


@pytest.mark.parametrize("field, value", [(field, value) for field, values in WRONG.items() for value in values])
def test_a_wrong_value_is_refused_by_name(refused, field, value):
    error = refused(**{field: value})
    assert error.type == "invalid_request_error"
    assert error.param and error.param.startswith(field), error
    assert field in error.message


def test_pictures_are_refused_by_a_model_that_cannot_see(refused):
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    assert refused(messages=[{"role": "user", "content": [picture]}]).code == "no_vision"


def test_a_token_is_wanted_and_its_scope_counts(guarded):
    def make(*scopes):
        return guarded.call("server.makeToken", {"name": "a client", "scopes": list(scopes)})

    def client(key):
        return openai.OpenAI(base_url=f"{guarded.server}/v1", api_key=key, max_retries=0)

    for wrong in ("none", "sk-0000", "Bearer"):
        with pytest.raises(openai.AuthenticationError) as caught:
            client(wrong).models.list()
        assert caught.value.type == "authentication_error"
    made = make("read", "generate")
    good = client(made["secret"])
    assert [model.id for model in good.models.list()] == [MODEL]
    answer = good.chat.completions.create(model=MODEL, messages=user(QUESTION), temperature=0)
    assert answer.choices[0].message.content == ANSWER
    with pytest.raises(openai.PermissionDeniedError):
        client(make("read")["secret"]).chat.completions.create(model=MODEL, messages=user(QUESTION))
    guarded.call("server.revokeToken", {"token": made["token"]["id"]})
    with pytest.raises(openai.AuthenticationError):
        good.models.list()
