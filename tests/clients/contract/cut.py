"""Cuts OpenAI's public API description (MIT licence) down to what the server serves, without its prose.

usage: cut.py openapi.yaml > openai.json
"""

import json
import sys

import yaml

SERVED = {
    "/chat/completions": ["post"],
    "/completions": ["post"],
    "/embeddings": ["post"],
    "/models": ["get"],
    "/models/{model}": ["get"],
    "/responses": ["post"],
    "/responses/{response_id}": ["get", "delete"],
}
# Prose, examples and what only OpenAI's own pages read.
LEFT_OUT = {"description", "summary", "example", "examples", "x-oaiMeta", "x-code-samples", "tags"}


def bare(node, names=False):
    """The description without its prose; what stands in `properties` are names, whatever they are called."""
    if isinstance(node, list):
        return [bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if names or key not in LEFT_OUT}
    kept = {key: bare(value, names=key == "properties" and not names) for key, value in kept.items()}
    # A word of OpenAPI 3.0, which has no meaning in the 3.1 that this is.
    if not names and kept.pop("nullable", False):
        return {"anyOf": [kept, {"type": "null"}]}
    return kept


def reached(node):
    """What a part of the description refers to."""
    if isinstance(node, list):
        for item in node:
            yield from reached(item)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from reached(value)


def keep_what_is_answered(paths):
    """The few refusals that are described lack the envelope that OpenAI's own answers have."""
    for path in paths.values():
        for operation in path.values():
            # OpenAPI wants the text of a response, if only an empty one.
            operation["responses"] = {"200": {"description": "", **operation["responses"]["200"]}}


def cut(whole):
    whole["openapi"] = str(whole["openapi"])
    paths = {path: {how: whole["paths"][path][how] for how in methods} for path, methods in SERVED.items()}
    paths = bare(paths)
    keep_what_is_answered(paths)
    components, waiting = {}, list(reached(paths))
    while waiting:
        _, _, kind, name = waiting.pop().split("/")
        if name not in components.setdefault(kind, {}):
            components[kind][name] = bare(whole["components"][kind][name])
            waiting.extend(reached(components[kind][name]))
    ordered = {kind: dict(sorted(parts.items())) for kind, parts in components.items()}
    info = {key: whole["info"][key] for key in ("title", "version", "license")}
    return {"openapi": whole["openapi"], "info": info, "paths": paths, "components": ordered}


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        json.dump(cut(yaml.load(file, yaml.CSafeLoader)), sys.stdout, indent=1, ensure_ascii=False)
        print()
