"""The two that are held against each other, asked alike: the worker, and the bare loop over the same libraries."""

import json
import os
import random
import re
import subprocess
import time
from pathlib import Path

BELOW = "INGLENOOK_KERNELS_BELOW"
# What tools/random_gguf.py puts into a vocabulary behind the 256 bytes.
PAIR, FILLER, MARKS = 256, 257, 4
# Without `q`: two of them would be one token.
LETTERS = "abcdefghijklmnoprstuvwxyz     "


def text_of(tokens: int, seed: int) -> str:
    """A text of so many tokens: one for each letter. No two seeds begin alike, so nothing is found in a cache."""
    return "".join(random.Random(f"{seed} of {tokens}").choices(LETTERS, k=tokens))


def spelled(tokens: list[int], vocabulary: int) -> str:
    """The text of tokens."""

    def one(token: int) -> bytes:
        if token < PAIR:
            return bytes([token])
        if token == PAIR:
            return b"qq"
        return b"" if token >= vocabulary - MARKS else f"filler{token - FILLER:06}".encode()

    return b"".join(map(one, tokens)).decode(errors="replace")


class Died(Exception):
    """A process ended before it had answered."""


class Failed(Exception):
    """A process said that it cannot."""


class Side:
    """A process that has said hello, and its clock: `start_ms` until then, `load_ms` until it could be asked."""

    def __init__(self, command: list[str], log: Path, environment: dict[str, str]):
        begun = time.perf_counter()
        with log.open("ab") as stderr:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env={**os.environ, **environment},
            )
        try:
            self.hello = self.read("hello")
        except BaseException:
            self.process.kill()
            raise
        self.start_ms = (time.perf_counter() - begun) * 1000

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def send(self, line: str) -> None:
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError as error:
            raise Died("it no longer reads") from error

    def line(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            raise Died(f"it ended with {self.process.wait()}")
        report = json.loads(line)
        if report["type"] in ("failed", "load_failed"):
            raise Failed(report["message"])
        return report

    def read(self, kind: str) -> dict:
        """The next report of this kind."""
        while (report := self.line())["type"] != kind:
            pass
        return report

    def peak_mb(self) -> float:
        """The most that the process ever held in memory, the file's mapped pages included."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024

    def processor_ms(self) -> float:
        """Processor time that the process took so far, all threads together."""
        # The clock of another process, as clock_getcpuclockid(3) names it on Linux; /proc counts in hundredths only.
        return time.clock_gettime((~self.process.pid << 3) | 2) * 1000

    def figures(self, asked: dict, seen: float, usage: dict, timings: dict) -> dict:
        """What one answer took. Speeds are by the process's own clock, `seen_ms` and `wall_ms` by that of who asked."""
        ended = time.perf_counter()
        read = usage["prompt_tokens"] - usage.get("cached_tokens", 0)
        written = usage["completion_tokens"]
        return {
            "prompt_tokens": usage["prompt_tokens"],
            "cached_tokens": usage.get("cached_tokens", 0),
            "completion_tokens": written,
            "first_token_ms": timings["first_token_ms"],
            "generation_ms": timings["generation_ms"],
            "prompt_tok_s": read * 1000 / timings["first_token_ms"],
            "generation_tok_s": (written - 1) * 1000 / timings["generation_ms"] if written > 1 else None,
            "seen_ms": (seen - asked["at"]) * 1000,
            "wall_ms": (ended - asked["at"]) * 1000,
            "processor_ms": self.processor_ms() - asked["processor_ms"],
            "peak_mb": self.peak_mb(),
        }

    def now(self) -> dict:
        """The moment before a question."""
        return {"processor_ms": self.processor_ms(), "at": time.perf_counter()}

    def loading(self) -> dict:
        """What starting and loading took."""
        return {"start_ms": self.start_ms, "load_ms": self.load_ms, "ready_peak_mb": self.ready_peak_mb}


class Bare(Side):
    """The loop of bare.cpp."""

    def __init__(self, cache: Path, kernels: Path, model: Path, context: int, threads: int):
        command = [str(cache / "bare"), str(kernels), str(model), str(context), str(threads)]
        super().__init__(command, cache / "peers.log", {})
        begun = time.perf_counter()
        self.ready = self.read("ready")
        self.load_ms = (time.perf_counter() - begun) * 1000
        self.ready_peak_mb = self.peak_mb()

    def loading(self) -> dict:
        return {**super().loading(), "warm_ms": self.ready["warm_ms"]}

    def ask(self, text: str, written: int) -> dict:
        """Reads a prompt and writes so many tokens."""
        asked = self.now()
        self.send(" ".join(map(str, [written, *text.encode()])))
        self.read("first")
        seen = time.perf_counter()
        done = self.read("done")
        return self.figures(asked, seen, done, done) | {"answer": done["tokens"]}


class Worker(Side):
    """The worker, before it has loaded anything."""

    def __init__(self, bin: Path, cache: Path, below: str | None):
        environment = {BELOW: below} if below else {}
        super().__init__([str(bin / "inglenook-llamacpp")], cache / "peers.log", environment)
        self.last = 0

    def load(self, model: Path, context: int, threads: int) -> "Worker":
        begun = time.perf_counter()
        config = {"context_length": context, "threads": threads}
        self.send(json.dumps({"type": "load", "format": "gguf", "path": str(model), "config": config}))
        self.ready = self.read("ready")
        self.load_ms = (time.perf_counter() - begun) * 1000
        self.ready_peak_mb = self.peak_mb()
        if self.ready["context_length"] != context:
            raise Failed(f"a context of {context} was asked for, and it took {self.ready['context_length']}")
        return self

    def count(self, text: str) -> int:
        """The worker's own count of tokens."""
        self.last += 1
        self.send(json.dumps({"type": "count", "id": self.last, "prompt": plain(text)}))
        return self.read("counted")["tokens"]

    def begin(self, prompt: dict, written: int) -> int:
        """Asks for an answer, and returns its number."""
        self.last += 1
        request = {"type": "generate", "id": self.last, "prompt": prompt, "max_tokens": written}
        self.send(json.dumps(request | {"sampling": {"temperature": 0.0}}))
        return self.last

    def ask(self, text: str, written: int) -> dict:
        """Reads a prompt and writes so many tokens."""
        return self.answer(plain(text), written)

    def answer(self, prompt: dict, written: int) -> dict:
        """One answer, alone."""
        asked = self.now()
        number = self.begin(prompt, written)
        said, seen = [], None
        while (report := self.line())["type"] != "done":
            if report["type"] == "delta" and report["id"] == number:
                seen = seen or time.perf_counter()
                said.append(report.get("text", ""))
        seen = seen or time.perf_counter()
        return self.figures(asked, seen, report["usage"], report["timings"]) | {"answer": "".join(said)}

    def together(self, prompts: list[dict], written: int) -> float:
        """Tokens a second of several answers, while all of them are being written."""
        numbers = [self.begin(prompt, written) for prompt in prompts]
        came: dict[int, list[float]] = {number: [] for number in numbers}
        tokens: dict[int, int] = {}
        while len(tokens) < len(numbers):
            report = self.line()
            if report["type"] == "delta":
                came[report["id"]].append(time.perf_counter())
            elif report["type"] == "done":
                tokens[report["id"]] = report["usage"]["completion_tokens"]
        begun, ended = max(times[0] for times in came.values()), min(times[-1] for times in came.values())
        if ended <= begun:
            raise Failed("the answers were not written at the same time")
        # A piece of text may be more than one token.
        inside = {n: sum(begun < at <= ended for at in times) / len(times) * tokens[n] for n, times in came.items()}
        return sum(inside.values()) / (ended - begun)


def plain(text: str) -> dict:
    return {"kind": "text", "text": text}


def chat(*turns: str) -> dict:
    """A conversation, the person's turn first."""
    roles = ("user", "assistant")
    return {"kind": "chat", "messages": [{"role": roles[at % 2], "content": turn} for at, turn in enumerate(turns)]}

