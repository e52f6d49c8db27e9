"""The figures as tables in Markdown, which can be read in a terminal as well."""

from statistics import median

# Name, key of an answer's figures, unit.
ANSWERS = [
    ("peak memory", "peak_mb", "MB"),
    ("prompt", "prompt_tok_s", "tok/s"),
    ("first token", "seen_ms", "ms"),
    ("generation", "generation_tok_s", "tok/s"),
    ("processor time of prompt and answer", "processor_ms", "ms"),
]
OWN = [
    ("second turn over a history of {history:,} tokens, first token against the first turn's", "second_turn"),
    ("the same prompt again, first token against the first time", "again"),
    ("four chats at once, tokens a second together against one chat alone", "four"),
    ("a short chat beside that history, tokens a second against the same chat alone", "beside"),
]


def number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def pair(name: str, ours: list[float], bare: list[float], unit: str) -> str:
    """A row: medians, their ratio, and the least and the most of the rounds' own ratios."""
    each = [a / b for a, b in zip(ours, bare)]
    ratio = median(ours) / median(bare)
    cells = [name, f"{number(median(ours))} {unit}", f"{number(median(bare))} {unit}", f"{ratio:.3f}"]
    return f"| {' | '.join(cells)} | {min(each):.2f}–{max(each):.2f} |"


def of_model(name: str, found: dict) -> list[str]:
    """All that was measured on one model."""
    lines = [f"### {name}", ""]
    ours, bare = found["ours"], found["bare"]
    if ours["loads"]:
        lines += ["| | worker | bare | ratio | of the rounds |", "|---|--:|--:|--:|--:|"]
        ready = [[load["start_ms"] + load["load_ms"] for load in side["loads"]] for side in (ours, bare)]
        cold = [ms - load["warm_ms"] for ms, load in zip(ready[1], bare["loads"])]
        lines.append(pair("start to ready", *ready, "ms"))
        lines.append(pair("the same, the bare loop not warmed up", ready[0], cold, "ms"))
        peaks = [[load["ready_peak_mb"] for load in side["loads"]] for side in (ours, bare)]
        lines.append(pair("peak memory when ready", *peaks, "MB"))
        for title, key, unit in ANSWERS:
            for length in ours["answers"]:
                values = [[answer[key] for answer in side["answers"][length]] for side in (ours, bare)]
                lines.append(pair(f"{title}, {int(length):,} tokens", *values, unit))
        same = found["same_answers"]
        lines += ["", f"Both wrote the same answer {sum(same)} times out of {len(same)}.", ""]
    if found["own"]:
        lines += ["| the worker alone | ratio | of the rounds |", "|---|--:|--:|"]
        for title, key in OWN:
            each = [own[key] for own in found["own"]]
            title = title.format(history=found["history"])
            lines.append(f"| {title} | {median(each):.3f} | {min(each):.3f}–{max(each):.3f} |")
        lines.append("")
    lines += [f"Other processes took {found['others']:.0%} of the processors' time meanwhile.", ""]
    return lines


def where(found: dict) -> str:
    """The machine and the versions of one run."""
    machine, versions = found["machine"], found["versions"]
    return (
        f"{machine['processor']}{' (virtual)' if machine['virtual'] else ''}, {machine['cores']} cores, "
        f"{machine['memory_gb']:.1f} GB, Linux {machine['linux']}; kernels `{versions['kernels']}`, "
        f"{found['threads']} threads, context {found['context']:,}; llama-cpp-2 {versions['llama-cpp-2']}, "
        f"ggml {versions['ggml']}, Inglenook {versions['inglenook']}; {found['rounds']} rounds on {found['date']}"
    )


def markdown(models: dict) -> str:
    """Everything, the machine before the models that were measured on it alike."""
    lines, last = [], None
    for name, found in models.items():
        if (said := where(found)) != last:
            lines += [f"{said}.", ""]
            last = said
        lines += of_model(name, found)
    return "\n".join(lines)
