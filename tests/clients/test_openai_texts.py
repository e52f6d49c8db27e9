"""OpenAI's Python client: plain completions and embeddings."""

import openai
import pytest

from pocket import ANSWER, LONG_QUESTION, MODEL, NOBODY, QUESTION

# What the chat template makes of a question.
PROMPT = "<|im_start|>user\n%s<|im_end|>\n<|im_start|>assistant\n"


@pytest.fixture
def complete(client):
    def complete(prompt=PROMPT % QUESTION, **more):
        settings = {"model": MODEL, "prompt": prompt, "temperature": 0, "max_tokens": 60, **more}
        return client.completions.create(**settings)

    return complete


def test_text_is_gone_on_with(complete):
    answer = complete()
    assert answer.id.startswith("cmpl-") and (answer.object, answer.model) == ("text_completion", MODEL)
    (choice,) = answer.choices
    assert (choice.index, choice.text, choice.finish_reason, choice.logprobs) == (0, ANSWER, "stop", None)
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_it_streams(complete):
    chunks = list(complete(stream=True, stream_options={"include_usage": True}))
    assert "".join(chunk.choices[0].text for chunk in chunks if chunk.choices) == ANSWER
    assert {chunk.object for chunk in chunks} == {"text_completion"}
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens > 3


def test_it_ends_where_it_is_to(complete):
    assert complete(PROMPT % LONG_QUESTION, max_tokens=3).choices[0].finish_reason == "length"
    stopped = complete(PROMPT % LONG_QUESTION, stop="12").choices[0]
    assert stopped.finish_reason == "stop" and "11" in stopped.text and "12" not in stopped.text


def test_several_prompts_have_several_answers(complete):
    answer = complete([PROMPT % QUESTION, PROMPT % "What is the capital of Estonia?"])
    assert [choice.index for choice in answer.choices] == [0, 1]
    assert [choice.text for choice in answer.choices] == [ANSWER, "The capital of Estonia is Tallinn."]


def test_the_prompt_is_told_again_where_that_is_wanted(complete):
    assert complete(echo=True).choices[0].text == PROMPT % QUESTION + ANSWER


def test_probabilities_are_told(complete):
    told = complete(logprobs=2).choices[0].logprobs
    assert "".join(told.tokens).startswith(ANSWER)
    assert len(told.tokens) == len(told.token_logprobs) == len(told.top_logprobs) == len(told.text_offset)
    assert all(chance <= 0 for chance in told.token_logprobs)


WRONG = [{"max_tokens": -1}, {"temperature": 3}, {"n": 0}, {"logprobs": -1}, {"prompt": "word " * 5000}, {"prompt": {}}]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: next(iter(wrong)))
def test_what_is_wrong_is_refused(complete, wrong):
    with pytest.raises(openai.BadRequestError):
        complete(**wrong)


def test_what_is_no_model_is_not_found(complete, client):
    with pytest.raises(openai.NotFoundError):
        complete(model=NOBODY)
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model=NOBODY, input="a text")


def test_a_model_that_makes_no_vectors_says_so(client):
    for text in ("a text", ["one", "two"]):
        with pytest.raises(openai.BadRequestError) as caught:
            client.embeddings.create(model=MODEL, input=text)
        assert "embed" in caught.value.message.lower()
