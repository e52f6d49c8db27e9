#!/usr/bin/env python3
"""Hold the estimate of memory against the real workers: what was said before, what came.

    cargo build --release -p inglenook-hub --example fit
    tests/bench/fit.py [--bin DIR] [--models DIR] [--engine llamacpp|mistralrs] [MODEL.gguf...]

Loads each model (by default the random ones that `make bench-peers` leaves in ~/.cache/inglenook/bench) with the worker
at several contexts, and reads what the process holds when it is loaded, after a prompt, and the most it
ever held: resident memory with pages of mapped files, as the pool counts it. Linux only. `INGLENOOK_KERNELS_BELOW` is
passed on. The last lines say how far off the estimate is before and after it has learnt from the other runs.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "peers"))
from sides import BELOW, Died, Failed, Side, plain, text_of

WRITTEN = 2
MIB = 1 << 20


class Loaded(Side):
    """A worker of either engine with a model."""

    def __init__(self, bin: Path, engine: str, log: Path, model: Path, context: int, kv: str):
        super().__init__([str(bin / f"inglenook-{engine}")], log, {})
        config = {"context_length": context} | ({"kv_cache": kv} if engine == "llamacpp" else {})
        self.send(json.dumps({"type": "load", "format": "gguf", "path": str(model), "config": config}))
        self.read("ready")

    def status(self, field: str) -> int:
        """A line of the process's status, bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+)", status)[1]) * 1024

    def answer(self, tokens: int) -> None:
        """Reads a prompt of so many tokens and writes a few words."""
        prompt = plain(text_of(tokens, 1))
        request = {"type": "generate", "id": 1, "prompt": prompt, "max_tokens": WRITTEN}
        self.send(json.dumps(request | {"sampling": {"temperature": 0.0}}))
        self.read("done")


def measured(bin: Path, engine: str, log: Path, model: Path, context: int, kv: str, tokens: int) -> dict:
    """One loading and one answer, bytes."""
    with Loaded(bin, engine, log, model, context, kv) as worker:
        loaded, mapped, peak = worker.status("VmRSS"), worker.status("RssFile"), worker.status("VmHWM")
        worker.answer(tokens)
        held = {"after_load": loaded, "of_it_mapped": mapped, "loading_peak": peak}
        return held | {"in_use": worker.status("VmRSS"), "peak": worker.status("VmHWM"), "kernels": worker.hello.get("kernels")}


def said(example: Path, engine: str, model: Path, context: int, kv: str, kernels: str | None) -> dict:
    """The estimate."""
    command = [str(example), str(model), engine, str(context), kv, *([kernels] if kernels else [])]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def off(said: float, came: float) -> float:
    """By how many hundredths of what came."""
    return (said - came) / came * 100


def shown(run: dict) -> str:
    came, need = run["measured"], run["said"]
    parts = " ".join(f"{name} {value / MIB:.0f}" for name, value in need["parts"].items() if value)
    return (
        f"{run['model']:40} {run['context']:6} {run['kv']:5} loaded {came['after_load'] / MIB:7.0f} MiB, said "
        f"{need['after_load_bytes'] / MIB:7.0f} ({off(need['after_load_bytes'], came['after_load']):+.1f} %) · in use "
        f"{came['in_use'] / MIB:7.0f} ({off(need['resident_bytes'], came['in_use']):+.1f} %) · peak "
        f"{came['peak'] / MIB:7.0f} ({off(need['loading_peak_bytes'], came['peak']):+.1f} %)   [{parts}; "
        f"mapped {came['of_it_mapped'] / MIB:.0f}]"
    )


def corrected(run: dict, others: list[dict]) -> float | None:
    """The estimate once it has learnt from the other runs of the same architecture and quantisation (see
    `fit/correction.rs`), hundredths off."""

    def exact(one: dict) -> int:
        grows = one["engine"] == "mistralrs"
        return 0 if grows else one["said"]["parts"]["kv"] + one["said"]["parts"]["recurrent"]

    same = [o for o in others if o is not run and o["kind"] == run["kind"]]
    came = [(o["measured"]["after_load"] - exact(o)) / (o["said"]["after_load_bytes"] - exact(o)) for o in same]
    if not came:
        return None
    ratio = sorted(min(2.0, max(0.7, one)) for one in came)[len(came) // 2]
    ratio = max(ratio, 1.0) if len(came) < 2 else ratio
    now = (run["said"]["after_load_bytes"] - exact(run)) * ratio + exact(run)
    return off(now, run["measured"]["after_load"])


def main() -> int:
    """Measures and compares."""
    cache = Path.home() / ".cache/inglenook"
    parser = argparse.ArgumentParser(description="Hold the estimate of memory against the real workers.")
    parser.add_argument("--bin", type=Path, default=Path(os.environ.get("INGLENOOK_BIN", cache / "target/release")))
    parser.add_argument("--example", type=Path, help="the estimator; by default examples/fit beside the workers")
    parser.add_argument("--models", type=Path, default=cache / "bench")
    parser.add_argument("--engine", choices=["llamacpp", "mistralrs"], default="llamacpp")
    parser.add_argument("--contexts", type=int, nargs="+", default=[2048, 8192])
    parser.add_argument("--prompt", type=int, default=1500, help="tokens of the prompt")
    parser.add_argument("--json", type=Path, help="where all figures go")
    parser.add_argument("models_", metavar="MODEL", type=Path, nargs="*")
    options = parser.parse_args()
    example = options.example or options.bin / "examples/fit"
    models = options.models_ or sorted(options.models.glob("random-*.gguf"), key=lambda path: path.stat().st_size)
    kvs = ["f16", "q8_0"] if options.engine == "llamacpp" else ["f16"]
    log = options.models / "fit.log"
    runs = []
    for model in models:
        for context in options.contexts:
            for kv in kvs:
                try:
                    came = measured(options.bin, options.engine, log, model, context, kv, options.prompt)
                except (Died, Failed) as error:
                    print(f"{model.name} {context} {kv}: {error}", file=sys.stderr)
                    continue
                need = said(example, options.engine, model, context, kv, came["kernels"])
                kind = f"{need['architecture']} {need['quantisation']}"
                run = {"model": model.name, "engine": options.engine, "kind": kind, "context": context, "kv": kv}
                runs.append(run | {"measured": came, "said": need})
                print(shown(runs[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(runs, indent=1) + "\n")
    if not runs:
        return 1
    first = max(abs(off(run["said"]["after_load_bytes"], run["measured"]["after_load"])) for run in runs)
    used = min(off(run["said"]["resident_bytes"], run["measured"]["in_use"]) for run in runs)
    learnt = [abs(o) for o in (corrected(run, runs) for run in runs) if o is not None]
    kernels = runs[0]["measured"]["kernels"]
    print(f"\nkernels {kernels} ({BELOW}={os.environ.get(BELOW, '')}), {len(runs)} runs")
    print(f"as it is: {first:.1f} % off at most; in use never more than {-used:.1f} % above what was said")
    print(f"learnt from the others: {max(learnt, default=float('nan')):.1f} % off at most")
    return 0


if __name__ == "__main__":
    sys.exit(main())
