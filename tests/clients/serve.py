"""The application with its server on, for tests: a home of its own, ports of its own, ended by its process number.

usage: serve.py FOLDER_WITH_BINARIES COMMAND…     runs the command with the server's address in INGLENOOK_SERVER
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
from pathlib import Path

# Seconds that a start may take on a machine that is busy with other things.
LONG = 180

# Nobody else is asked, and nothing of whoever runs the tests counts: their models, their proxies, their keys.
FOREIGN = re.compile("^(HF_|HUGGING|OLLAMA|OPENAI|ANTHROPIC|LANGCHAIN|LANGSMITH|LITELLM|XDG_CACHE_HOME)|_proxy$", re.I)


def environment(**more):
    """The environment for the application and for its clients."""
    kept = {name: value for name, value in os.environ.items() if not FOREIGN.search(name)}
    return {**kept, "HF_ENDPOINT": "http://127.0.0.1:9", **more}


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Application:
    """`with Application(bin) as application:` starts it, and its server; `application.server` is the address.

    With a script, the scripted worker plays it in the engines' place; see the crate `inglenook-engine`.
    """

    def __init__(self, binaries, script=None, **settings):
        self.binaries, self.script, self.settings = Path(binaries), script, settings

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="inglenook-clients-"))
        person = self.folder / "person"
        person.mkdir()
        surroundings = environment(INGLENOOK_HOME=str(self.folder / "home"), HOME=str(person))
        if self.script:
            surroundings |= self.scripted_engine()
        host = self.binaries / "inglenook-webhost"
        self.process = subprocess.Popen([host], env=surroundings, stdout=subprocess.PIPE, text=True)
        try:
            self.page, key = self.printed_address()
            self.session = self.post("/api/enter", key)["key"]
            self.server = self.switch_on()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(LONG)
        finally:
            self.process.kill()
            self.process.stdout.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def scripted_engine(self):
        """Puts the scripted worker where engines are looked for."""
        engines, script = self.folder / "engines", self.folder / "script.json"
        engines.mkdir()
        for name in ("inglenook-llamacpp", "inglenook-mistralrs"):
            shutil.copy(self.binaries / "inglenook-scripted-worker", engines / name)
        script.write_text(json.dumps(self.script))
        return {"INGLENOOK_ENGINE_DIR": str(engines), "INGLENOOK_SCRIPT": str(script)}

    def printed_address(self):
        """The address and the key of its first line."""
        too_long = threading.Timer(LONG, self.process.kill)
        too_long.start()
        line = self.process.stdout.readline()
        too_long.cancel()
        found = re.search(r"(http://\S+)/#key=(\S+)", line)
        if not found:
            raise RuntimeError(f"the application printed no address but {line!r}")
        return found.groups()

    def switch_on(self):
        """Sets the server, switches it on and returns its address."""
        settings = self.call("settings.get")
        settings["server"] |= {"port": free_port(), **self.settings}
        self.call("settings.save", settings)
        state = self.call("server.switch", {"on": True})["state"]
        if state["kind"] != "running":
            raise RuntimeError(f"the server does not run: {state}")
        return state["address"]

    def call(self, name, body=None):
        """A call of the contract between page and host."""
        return self.post(f"/api/call/{name}", self.session, body)

    def post(self, path, key, body=None):
        headers = {"content-type": "application/json", "x-inglenook-key": key}
        request = urllib.request.Request(self.page + path, json.dumps(body or {}).encode(), headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=LONG) as answer:
            return json.load(answer)


def main(binaries, *command):
    with Application(binaries) as application:
        surroundings = environment(INGLENOOK_SERVER=application.server, INGLENOOK_BIN=str(Path(binaries).resolve()))
        return subprocess.run(command, env=surroundings).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
