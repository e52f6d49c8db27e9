"""The worker against a bare loop over the very same libraries, in turn, on the same files.

usage: peers.py FOLDER_WITH_BINARIES CACHE [options], by way of scripts/bench-peers.sh, which builds the loop
"""

import argparse
import datetime
import json
import os
import platform
import re
import resource
import shlex
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sides import BELOW, Bare, Died, Failed, Worker, chat, plain, spelled, text_of
from tables import markdown

ROOT = Path(__file__).resolve().parents[3]
SIZES = ["0.5B", "1B", "3B", "8B"]
MODELS = [f"{size}-{quant}" for size in SIZES for quant in ("Q4_K_M", "Q8_0")]
LENGTHS = [128, 512, 2048, 8192]
# Prompts beyond this take minutes and vary least: there may be fewer rounds of them.
LONG = 2048
# So many tokens a round are asked of each side at least: short prompts take little and vary most, so they are repeated.
ASKED = 1024
# The files claim more than any context asked for here, for the worker takes no longer one than the model has.
TRAINED = 16_384
# Beyond the longest prompt, for what is written and a template's own marks.
SPARE = 256
# Fewer say little about the speed: then another prompt is taken.
FEWEST = 16
SEEDS = 10
# Starts of each side in a round that are not asked anything: loading varies most and takes least.
STARTS = 5
# What the worker does with what it has read: the tokens of the history, of a short chat and of its answer.
HISTORY, SHORT, SHORT_ANSWER = 2_000, 128, 64


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def file_of(cache: Path, name: str) -> Path:
    """The model file, made if it is not there."""
    size, _, quant = name.partition("-")
    # The dimensions of 0.5B are a Qwen3's, the others a Llama's.
    arch = "qwen3" if size == "0.5B" else "llama"
    path = cache / f"random-{arch}-{size.lower()}-{quant.lower()}-{TRAINED // 1024}k.gguf"
    if not path.exists():
        unfinished = path.with_suffix(".part")
        command = [cache / "python/bin/python", ROOT / "tools/random_gguf.py", unfinished, "--arch", arch]
        options = ["--size", size.lower(), "--quant", quant.lower(), "--context", str(TRAINED)]
        if subprocess.run([*map(str, command), *options], check=False).returncode:
            unfinished.unlink(missing_ok=True)
            raise Failed("its file could not be made")
        unfinished.rename(path)
    return path


def read_through(path: Path) -> None:
    """Brings the file into the system's cache: the disk is not what is measured."""
    with path.open("rb", buffering=0) as file:
        while file.read(1 << 24):
            pass


def cores() -> int:
    """Physical cores that this process may use, as the worker counts them."""
    listed = subprocess.run(["lscpu", "-p=CORE,SOCKET"], capture_output=True, text=True, check=True).stdout
    physical = {line for line in listed.splitlines() if not line.startswith("#")}
    return max(1, min(len(physical), len(os.sched_getaffinity(0))))


def machine() -> dict:
    told = json.loads(subprocess.run(["lscpu", "-J"], capture_output=True, text=True, check=True).stdout)
    fields = {entry["field"].rstrip(":"): entry["data"] for entry in told["lscpu"]}
    telling = re.compile(r"avx|amx|fma|f16c|bmi2|sse4_2|asimd|sve|i8mm|bf16|sme")
    return {
        "processor": fields.get("Model name", platform.machine()),
        "cores": cores(),
        "virtual": "Hypervisor vendor" in fields,
        "flags": [flag for flag in fields.get("Flags", "").split() if telling.search(flag)],
        "memory_gb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9,
        "linux": platform.release(),
        "load_average": os.getloadavg(),
    }


def locked(package: str) -> str:
    return re.search(rf'name = "{package}"\nversion = "([^"]+)"', (ROOT / "Cargo.lock").read_text())[1]


def taking_turns(turn: int, **sides: Callable) -> list[tuple[str, Callable]]:
    """The sides, in this order and in the other by turns: who comes second finds the machine warmer or slower."""
    return list(sides.items())[:: -1 if turn % 2 else 1]


class Others:
    """How much of the processors' time other processes take, or whoever else is on the machine beneath a virtual one.
    Two sides asked in turn are both slowed by it, and seldom alike."""

    def __init__(self):
        self.begun = self.now()

    @staticmethod
    def now() -> tuple[float, float, float]:
        """Processor time of all, our own and our children's, and of all there is; seconds."""
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
        ticks = [int(field) / os.sysconf("SC_CLK_TCK") for field in fields]
        whole, idle = sum(ticks), ticks[3] + ticks[4]
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return whole - idle, sum(each.ru_utime + each.ru_stime for each in used), whole

    def share(self) -> float:
        busy, own, whole = (after - before for after, before in zip(self.now(), self.begun))
        return max(0.0, busy - own) / whole


class Bench:
    """What all measurements of a run have in common."""

    def __init__(self, options: argparse.Namespace):
        self.bin, self.cache, self.options = options.bin, options.cache, options
        self.threads = options.threads or cores()
        self.context = max(options.lengths) + SPARE
        self.below: str | None = None
        self.kernels = ""
        # By file and length, the prompt whose answer is long enough; the next round takes the same.
        self.seeds: Counter[tuple[Path, int]] = Counter()

    def find_kernels(self, model: Path) -> None:
        """The best that run here. Some die on their first product: virtual machines name instructions that they do
        not let through. The application sees that too, and starts the worker again with lower ones."""
        while True:
            with Worker(self.bin, self.cache, self.below) as worker:
                self.kernels = worker.hello.get("kernels")
                if not self.kernels:
                    raise Failed("the worker finds no kernels that run here")
                try:
                    worker.load(model, self.context, self.threads)
                    self.engine = worker.hello["version"]
                    break
                except Died as death:
                    say(f"  kernels {self.kernels} do not run here: {death}")
                    self.below = self.kernels
        # Once found, they are named for every later start.
        library = self.bin / "llamacpp" / f"libggml-cpu-{self.kernels}.so"
        if not library.exists():
            raise Failed(f"{library} is not there")
        self.library = library

    def ours(self, model: Path, context: int) -> Worker:
        return Worker(self.bin, self.cache, self.below).load(model, context, self.threads)

    def bare(self, model: Path, context: int) -> Bare:
        return Bare(self.cache, self.library, model, context, self.threads)

    def versions(self, model: Path) -> dict:
        git = subprocess.run(
            ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=ROOT, check=False
        )
        with self.bare(model, self.context) as bare:
            ggml = bare.hello["ggml"]
        return {
            "kernels": self.kernels,
            "ggml": ggml,
            "llama-cpp-2": self.engine,
            "llama-cpp-sys-2": locked("llama-cpp-sys-2"),
            "inglenook": git.stdout.strip(),
        }

    def measure(self, name: str, keep: Callable[[dict], None]) -> None:
        """All figures of one model. What there is after a round is kept: one of a large model takes an hour."""
        model = file_of(self.cache, name)
        read_through(model)
        if not self.kernels:
            self.find_kernels(model)
        found = {
            "date": datetime.date.today().isoformat(),
            "command": shlex.join(["scripts/bench-peers.sh", *sys.argv[1:2], *sys.argv[3:]]),
            "machine": machine(),
            "versions": self.versions(model),
            "file": model.name,
            "threads": self.threads,
            "context": self.context,
            "rounds": 0,
            "together": self.options.together,
            "history": HISTORY,
            "ours": {"loads": [], "answers": {}},
            "bare": {"loads": [], "answers": {}},
            "same_answers": [],
            "own": [],
        }
        clock = Others()
        peers, own = ("peers" in self.options.parts, "own" in self.options.parts)
        if peers:
            self.check_letters(model)
        for number in range(self.options.rounds):
            if peers:
                self.start_in_turn(model, found)
                self.in_turn(model, found, number)
            if own:
                found["own"].append(self.own(model, number))
            found["rounds"] = number + 1
            found["others"] = clock.share()
            keep(found)

    def start_in_turn(self, model: Path, found: dict) -> None:
        """One and the other are started, and asked nothing."""
        for turn in range(STARTS):
            for side, start in taking_turns(turn, ours=self.ours, bare=self.bare):
                with start(model, self.context) as started:
                    found[side]["loads"].append(started.loading())

    def in_turn(self, model: Path, found: dict, number: int) -> None:
        """One round: the same prompts to one and the other."""
        lengths = [n for n in self.options.lengths if n <= LONG or number < self.options.long_rounds]
        together = self.options.together
        groups = [lengths] if together else [[n] for n in lengths for _ in range(-(-ASKED // n))]
        for turn, group in enumerate(groups):
            begun = time.perf_counter()
            answers = {}
            # The worker's first answer to a prompt says whether it is long enough: only then may the loop be first.
            first = together or group not in groups[:turn]
            for side, ask in taking_turns(0 if first else turn, ours=self.asked_ours, bare=self.asked_bare):
                answers[side], loading = ask(model, group)
                found[side]["loads"].append(loading)
            for length, one, other in zip(group, answers["ours"], answers["bare"]):
                text, (tokens, vocabulary) = one.pop("answer"), other.pop("answer")
                # The worker ends where the model says so; the loop writes on.
                same = text == spelled(tokens[: one["completion_tokens"]], vocabulary)
                found["same_answers"].append(same)
                for side, answer in (("ours", one), ("bare", other)):
                    found[side]["answers"].setdefault(str(length), []).append(answer)
            took = time.perf_counter() - begun
            say(f"  round {number + 1}, {', '.join(map(str, group))} tokens: {took:.0f} s")

    def asked_bare(self, model: Path, group: list[int]) -> tuple[list[dict], dict]:
        """The loop's answers to the prompts that the worker was asked: tokens, and the size of their vocabulary."""
        with self.bare(model, self.context) as bare:
            answers = [bare.ask(text_of(n, self.seeds[model, n]), self.options.written) for n in group]
            for answer in answers:
                answer["answer"] = (answer["answer"], bare.ready["vocabulary"])
            return answers, bare.loading()

    def asked_ours(self, model: Path, group: list[int]) -> tuple[list[dict], dict]:
        """The worker's answers to prompts of these lengths, in a process of their own. Random weights may end an
        answer early; then the next prompt is tried, in a new process, for the old one has more in its memory."""
        for _ in range(SEEDS):
            with self.ours(model, self.context) as worker:
                loading = worker.loading()
                answers = []
                for length in group:
                    text = text_of(length, self.seeds[model, length])
                    answer = worker.ask(text, self.options.written)
                    if answer["prompt_tokens"] != length or answer["cached_tokens"]:
                        raise Failed(f"{length} tokens were to be read, not {answer}")
                    answers.append(answer)
                    if answer["completion_tokens"] < min(FEWEST, self.options.written):
                        self.seeds[model, length] += 1
                        break
                else:
                    return answers, loading
        raise Failed(f"no prompt has an answer of {FEWEST} tokens")

    def check_letters(self, model: Path) -> None:
        """That a letter is a token is what all prompts rely on."""
        with self.ours(model, self.context) as worker:
            text = text_of(100, 0)
            if (counted := worker.count(text)) != len(text):
                raise Failed(f"a text of {len(text)} letters has {counted} tokens")

    def own(self, model: Path, number: int) -> dict:
        """What the worker makes of what it has read already, and of several chats at once."""
        begun = time.perf_counter()
        with self.ours(model, max(self.context, 2 * HISTORY)) as worker:
            short = [plain(text_of(SHORT, 100 + 10 * number + chat)) for chat in range(6)]
            one = worker.answer(short[0], SHORT_ANSWER)
            four = worker.together(short[1:5], SHORT_ANSWER)
            history = text_of(HISTORY, number)
            first = worker.answer(chat(history), self.options.written)
            second = worker.answer(chat(history, first["answer"], "And then?"), self.options.written)
            again = worker.answer(chat(history), self.options.written)
            beside = worker.answer(short[5], SHORT_ANSWER)
        say(f"  alone, round {number + 1}: {time.perf_counter() - begun:.0f} s")
        return {
            "second_turn": second["first_token_ms"] / first["first_token_ms"],
            "second_turn_cached": second["cached_tokens"] / second["prompt_tokens"],
            "again": again["first_token_ms"] / first["first_token_ms"],
            "again_cached": again["cached_tokens"] / again["prompt_tokens"],
            "four": four / one["generation_tok_s"],
            "beside": beside["generation_tok_s"] / one["generation_tok_s"],
            "figures": {"one": one, "four_tok_s": four, "first": first, "second": second}
            | {"again": again, "beside": beside},
        }


def options() -> argparse.Namespace:
    def listed(kind):
        return lambda text: [kind(word) for word in text.split(",")]

    parser = argparse.ArgumentParser(prog="bench-peers.sh", description=__doc__.splitlines()[0])
    parser.add_argument("bin", type=Path, help="folder with inglenook-llamacpp and llamacpp/")
    parser.add_argument("cache", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--models", type=listed(str), default=MODELS, help=f"of {','.join(MODELS)}; default: all")
    parser.add_argument("--lengths", type=listed(int), default=LENGTHS, help="tokens of the prompts, in order")
    parser.add_argument("--rounds", type=int, default=3, help="how often each side is asked; default: 3")
    parser.add_argument("--long-rounds", type=int, help=f"rounds of prompts over {LONG:,} tokens; default: as many")
    parser.add_argument("--written", type=int, default=32, help="tokens to write after each prompt; default: 32")
    parser.add_argument("--threads", type=int, help="default: one a physical core")
    parser.add_argument("--parts", type=listed(str), default=["peers", "own"], help="peers, own; default: both")
    parser.add_argument("--together", action="store_true", help="one process reads all prompts, not one each")
    parser.add_argument("--markdown", action="store_true", help="measure nothing, print what was measured last")
    given = parser.parse_args()
    given.long_rounds = given.rounds if given.long_rounds is None else given.long_rounds
    return given


def main() -> int:
    given = options()
    results = given.cache / "peers.json"
    models = json.loads(results.read_text()) if results.exists() else {}
    if given.markdown:
        print(markdown({name: models[name] for name in [*MODELS, *models] if name in models}))
        return 0
    if below := os.environ.get(BELOW):
        say(f"{BELOW}={below}")
    (given.cache / "peers.log").write_bytes(b"")
    bench, failed = Bench(given), False
    for name in given.models:
        say(f"{name}:")

        def keep(found: dict, name: str = name) -> None:
            models[name] = found
            results.write_text(json.dumps(models, indent=1) + "\n")

        try:
            bench.measure(name, keep)
        except (Died, Failed) as error:
            say(f"  not measured to the end: {error}; {given.cache / 'peers.log'} may say more")
            failed = True
            continue
        print(markdown({name: models[name]}), flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
