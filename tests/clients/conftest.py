"""The clients, each pointed at the server that `serve.py` started. None tries again: a fault is to be seen."""

import os

import openai
import pytest

from serve import Application

# Seconds that an answer may take on a machine that is busy with other things.
PATIENCE = 180


@pytest.fixture(scope="session")
def server():
    """The server's address."""
    return os.environ["INGLENOOK_SERVER"]


@pytest.fixture(scope="session")
def client(server):
    """OpenAI's client."""
    with openai.OpenAI(base_url=f"{server}/v1", api_key="none", max_retries=0, timeout=PATIENCE) as client:
        yield client


@pytest.fixture(scope="session")
def guarded():
    """Another application, whose server wants a token from everybody."""
    with Application(os.environ["INGLENOOK_BIN"], require_token=True) as application:
        yield application
