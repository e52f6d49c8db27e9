"""What the built-in model is known to answer, drawn greedily; its training says so."""

MODEL = "pocket"
# A name that no model has.
NOBODY = "gpt-17-turbo"

QUESTION, ANSWER = "What is the capital of Norway?", "The capital of Norway is Oslo."
# An answer of some length.
LONG_QUESTION = "Please count to 40"

TOOL_QUESTION = "What is the weather in Paris?"
TOOL_ARGUMENTS = {"city": "Paris"}
TOOL_RESULT = '{"temperature": 21, "sky": "sunny"}'
TOOL_ANSWER = "It is 21 degrees and sunny in Paris."

TIME_QUESTION = "What time is it in Baghdad?"


def parameters(name):
    """The schema of a function with one text."""
    return {"type": "object", "properties": {name: {"type": "string"}}, "required": [name]}


def function(name, description, argument):
    """A function as OpenAI and Ollama write it."""
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": parameters(argument)},
    }


WEATHER = function("get_weather", "Get the weather in a city.", "city")
TIME = function("get_time", "Get the time in a city.", "city")
SEARCH = function("search", "Search the documents.", "query")


def user(text):
    """A conversation of one question."""
    return [{"role": "user", "content": text}]
