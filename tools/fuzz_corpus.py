#!/usr/bin/env python3
"""Write the inputs that fuzzing begins with.

    tools/fuzz_corpus.py fuzz/corpus

For `gguf_header` the models of `header_fixtures.py`, each with the tensors of its first blocks only, and small files that are
wrong in one way each. For `safetensors_header` folders in the notation of `fuzz/src/folder.rs`, whole ones of every kind that
the reader tells apart and wrong ones. The same script gives the same bytes. It needs nothing but Python.
"""

import json
import struct
import sys
from pathlib import Path

import header_fixtures
from header_fixtures import LIST, TEXT, U32, text

# How many blocks of a model keep their tensors; its entries go on speaking of all.
BLOCKS = 2
MAX_BYTES = 300_000
U8, U64 = 0, 10
TEMPLATE = "{% if tools %}{{ tools }}{% endif %}{% if add_generation_prompt %}<think>{% endif %}"


def shortened() -> dict[str, bytes]:
    """The well-known models with few tensors."""
    found = {}
    for model in header_fixtures.models():
        kept = tuple(f"blk.{at}." for at in range(BLOCKS))
        model.tensors = [tensor for tensor in model.tensors if not tensor[0].startswith("blk.") or tensor[0].startswith(kept)]
        found[model.name], _ = header_fixtures.written(model)
    return found


def entry(key: str, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


def number(key: str, value: int) -> bytes:
    return entry(key, U32, struct.pack("<I", value))


def items(kind: int, count: int, values: bytes = b"") -> bytes:
    return struct.pack("<IQ", kind, count) + values


def tensor(name: str, dimensions: tuple, kind: int = 0, offset: int = 0) -> bytes:
    lengths = struct.pack(f"<{len(dimensions)}Q", *dimensions)
    return text(name) + struct.pack("<I", len(dimensions)) + lengths + struct.pack("<IQ", kind, offset)


def gguf(entries=(), tensors=(), *, bare=False, version=3, entry_count=None, tensor_count=None, data=0) -> bytes:
    """A small file; `bare` leaves out the entries that every model has."""
    usual = [entry("general.architecture", TEXT, text("llama")), number("llama.block_count", 2)]
    usual += [number("llama.embedding_length", 64), number("llama.attention.head_count", 4)]
    entries = [*([] if bare else usual), *entries]
    tensors = list(tensors) or [tensor("token_embd.weight", (64, 2))]
    count = struct.pack(
        "<IQQ",
        version,
        len(tensors) if tensor_count is None else tensor_count,
        len(entries) if entry_count is None else entry_count,
    )
    header = b"GGUF" + count + b"".join(entries) + b"".join(tensors)
    return header + bytes(-len(header) % 32) + bytes(data)


def every_kind() -> list[bytes]:
    """An entry of each kind that a value can have, alone and in a list."""
    widths = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
    alone = [entry(f"x.{kind}", kind, b"\1" * width) for kind, width in widths.items()]
    lists = [entry(f"y.{kind}", LIST, items(kind, 2, b"\1" * 2 * width)) for kind, width in widths.items()]
    return [*alone, *lists, entry("z", LIST, items(LIST, 1, items(TEXT, 1, text("a"))))]


def hostile_gguf() -> dict[str, bytes]:
    """Files that are wrong in one way, or say the most that can be said."""
    most = 2**64 - 1
    huge = 2**32 - 1
    shape = ["block_count", "embedding_length", "attention.head_count", "attention.head_count_kv", "context_length"]
    shape += ["attention.key_length", "attention.value_length", "feed_forward_length", "vocab_size"]
    absurd = [number(f"llama.{key}", 512 if key == "block_count" else huge) for key in shape]
    named = entry("general.architecture", TEXT, text("llama"))
    mamba = [entry("general.architecture", TEXT, text("mamba")), number("mamba.block_count", 512)]
    mamba += [number(f"mamba.{key}", huge) for key in ("ssm.inner_size", "ssm.state_size", "ssm.conv_kernel")]
    tokenizer = [
        entry("tokenizer.ggml.model", TEXT, text("gpt2")),
        entry("tokenizer.ggml.tokens", LIST, items(TEXT, 2, text("a") + text("b"))),
        entry("tokenizer.ggml.merges", LIST, items(TEXT, 1, text("a b"))),
        number("tokenizer.ggml.eos_token_id", 1),
        entry("tokenizer.chat_template", TEXT, text(TEMPLATE)),
    ]
    split = [entry("split.no", U8, b"\0"), entry("split.count", U8, b"\3")]
    return {
        "whole": gguf(tokenizer, data=512),
        "every-kind": gguf(every_kind(), data=512),
        "split-first": gguf(split),
        "split-later": gguf([entry("split.no", U8, b"\1"), split[1]], bare=True),
        "split-beyond": gguf([entry("split.no", U8, b"\3"), split[1]]),
        "adapter": gguf([entry("general.type", TEXT, text("adapter"))]),
        "absurd-shape": gguf([named, *absurd], bare=True),
        "absurd-state": gguf(mamba, bare=True),
        "no-architecture": gguf(bare=True),
        "version-1": gguf(version=1),
        "big-endian": gguf(version=3 << 24),
        "web-page": b"<!DOCTYPE html><html>Not found</html>",
        "ggml": b"lmgg" + bytes(20),
        "zeros": bytes(32),
        "many-entries": gguf(entry_count=most),
        "many-tensors": gguf(tensor_count=1 << 40),
        "long-key": gguf([struct.pack("<Q", 1 << 40)]),
        "long-text": gguf([entry("general.name", TEXT, struct.pack("<Q", most))]),
        "long-template": gguf([entry("tokenizer.chat_template", TEXT, struct.pack("<Q", 1 << 20))]),
        "long-list": gguf([entry("x", LIST, items(U64, 1 << 61))]),
        # Longer than the reader's buffer.
        "long-tokens": gguf([entry("tokenizer.ggml.tokens", LIST, items(TEXT, 3, text("a") + text("b" * 40_000) + text("c")))]),
        "long-texts": gguf([entry("tokenizer.ggml.tokens", LIST, items(TEXT, 2 << 20))]),
        "deep-lists": gguf([entry("x", LIST, items(LIST, 1) * 6 + items(U8, 0))]),
        "wide-lists": gguf([entry("x", LIST, items(LIST, 1 << 17, items(U8, 0) * 4))]),
        "twice": gguf([number("x", 1), number("x", 1)]),
        "not-text": gguf([entry("general.name", TEXT, struct.pack("<Q", 2) + b"\xc3\x28")]),
        "alignment": gguf([number("general.alignment", 33)]),
        "per-block": gguf([entry("llama.attention.head_count_kv", LIST, items(U32, 2, struct.pack("<II", 2, huge)))]),
        "overflowing-tensor": gguf(tensors=[tensor("t", (1 << 32, 1 << 32))]),
        "wrapping-offset": gguf(tensors=[tensor("t", (32,), offset=most - 31)]),
        "far-tensor": gguf(tensors=[tensor("t", (32,), offset=1 << 62)]),
        "five-dimensions": gguf(tensors=[tensor("t", (1, 1, 1, 1, 32))]),
        "overlapping": gguf(tensors=[tensor("t", (64,)), tensor("u", (64,), offset=32)], data=4096),
        "all-types": gguf(tensors=[tensor(f"t{at}", (256, 8), at, at << 16) for at in range(42) if at not in (4, 5, *range(31, 34), *range(36, 39))]),
    }


def config(kind: str, **more) -> dict:
    usual = {"architectures": [kind], "num_hidden_layers": 4, "hidden_size": 64, "num_attention_heads": 8}
    return usual | {"num_key_value_heads": 2, "vocab_size": 100, "max_position_embeddings": 4096} | more


def header(*tensors: tuple) -> dict:
    """One behind the other: name, type, shape, bits of a number."""
    found, at = {"__metadata__": {"format": "pt"}}, 0
    for name, kind, shape, bits in tensors:
        count = 1
        for length in shape:
            count *= length
        found[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [at, at + count * bits // 8]}
        at += count * bits // 8
    return found


PLAIN = header(
    ("model.embed_tokens.weight", "BF16", (100, 64), 16),
    ("model.layers.0.mlp.experts.0.up_proj.weight", "BF16", (64, 64), 16),
    ("lm_head.weight", "F32", (100, 64), 32),
)
PACKED = header(
    ("model.layers.0.q.qweight", "I32", (8, 2), 32),
    ("model.layers.0.q.scales", "F16", (2,), 16),
    ("model.norm.weight", "F8_E4M3", (64,), 8),
)


def folder(**files) -> bytes:
    """A folder in the notation of `fuzz/src/folder.rs`. The names are its letters, `p` and `q` the first and second part."""
    letters = {"p": "1", "q": "2"}
    records = []
    for letter, content in files.items():
        if isinstance(content, dict):
            content = json.dumps(content, separators=(",", ":"))
        content = content if isinstance(content, bytes) else content.encode()
        records.append(letters.get(letter, letter).encode() + content)
    return b"\x1e".join(records)


def whole_folders() -> dict[str, bytes]:
    """Every kind of `config.json` that is told apart."""
    quantised = lambda **how: config("LlamaForCausalLM", quantization_config=how)  # noqa: E731
    latent = {"kv_lora_rank": 16, "qk_nope_head_dim": 8, "qk_rope_head_dim": 4, "v_head_dim": 6}
    experts = {"num_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 32}
    mamba = {"mamba_d_state": 16, "mamba_d_conv": 4, "mamba_expand": 2, "mamba_n_groups": 1}
    linear = {"linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_key_head_dim": 8}
    linear |= {"linear_value_head_dim": 8, "linear_conv_kernel_dim": 4, "full_attention_interval": 4}
    types = ["sliding_attention", "full_attention", "conv", "linear_attention"]
    nested = {"model_type": "gemma3_text", "num_hidden_layers": 12, "hidden_size": 64, "sliding_window": 512, "head_dim": 16}
    configs = {
        "llama": config("LlamaForCausalLM", tie_word_embeddings=False),
        "gptq": quantised(quant_method="gptq", bits=4),
        "bitsandbytes": quantised(quant_method="bitsandbytes", load_in_8bit=True),
        "mlx": quantised(bits=4, group_size=64),
        "fp8": quantised(quant_method="fp8"),
        "deepseek": config("DeepseekV3ForCausalLM", n_routed_experts=8, **latent),
        "qwen3-moe": config("Qwen3MoeForCausalLM", **experts),
        "qwen3-next": config("Qwen3NextForCausalLM", **linear),
        "granite-hybrid": config("GraniteMoeHybridForCausalLM", layer_types=["mamba", "attention"] * 2, **mamba),
        "jamba": config("JambaForCausalLM", attn_layer_period=8, attn_layer_offset=4, **mamba),
        "lfm2": config("Lfm2ForCausalLM", layer_types=types, conv_L_cache=3, sliding_window=128),
        "mistral": config("MistralForCausalLM", model_type="mistral", sliding_window=4096, use_sliding_window=True),
        "gemma3": {"architectures": ["Gemma3ForConditionalGeneration"], "text_config": nested},
        "gemma3n": config("X", model_type="gemma3n_text", num_kv_shared_layers=2, sliding_window=8, sliding_window_pattern=3),
        "gpt2": {"model_type": "gpt2", "n_positions": 1024},
    }
    found = {}
    for name, of in configs.items():
        packed = "quantization_config" in of
        found[name] = folder(c=of, w=PACKED if packed else PLAIN, t={"chat_template": TEMPLATE}, k="{}")
    return found


def other_folders() -> dict[str, bytes]:
    """Parts, templates elsewhere, and what is wrong."""
    llama = config("LlamaForCausalLM")
    huge = 2**32 - 1
    sizes = ["hidden_size", "num_attention_heads", "num_key_value_heads", "head_dim", "vocab_size", "intermediate_size"]
    absurd = llama | dict.fromkeys([*sizes, "max_position_embeddings"], huge) | {"num_hidden_layers": 512}
    parts = {"p": PLAIN, "q": header(("b", "F32", (100,), 32))}
    names = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    one = json.dumps(header(("a", "BF16", (4, 8), 16))).encode()
    first = lambda length, bytes_: struct.pack("<QQ", length, len(one)) + bytes_  # noqa: E731
    several = [{"name": "tool_use", "template": "t"}, {"name": "default", "template": TEMPLATE}]
    tensor = lambda **of: {"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]} | of}  # noqa: E731
    wrong = {
        "type": tensor(dtype="Q9"),
        "shape": tensor(shape=[2**32, 2**32, 2**32]),
        "many-dimensions": tensor(shape=[1] * 9),
        "place": tensor(data_offsets=[16, 0]),
        "gap": tensor(data_offsets=[16, 32]),
        "far": tensor(dtype="U8", shape=[2**53], data_offsets=[0, 2**53]),
        "long-name": {"x" * 1001: tensor()["a"]},
        "text-for-tensor": {"a": "x" * 700},
    }
    found = {f"wrong-{name}": folder(c=llama, w=of) for name, of in wrong.items()}
    found |= {
        "parts": folder(c=llama, **parts),
        "parts-index": folder(c=llama, x={"metadata": {}, "weight_map": names}, **parts),
        "parts-missing": folder(c=llama, p=PLAIN),
        "index-leads-out": folder(c=llama, x={"weight_map": {"a": "../x.safetensors"}}),
        "template-own": folder(c=llama, w=PLAIN, j=TEMPLATE),
        "template-several": folder(c=llama, w=PLAIN, t={"chat_template": several}),
        "template-number": folder(c=llama, w=PLAIN, t={"chat_template": 1}),
        "raw": folder(c=llama, r=first(8 + len(one) + 64, one)),
        "raw-cut": folder(c=llama, r=first(1 << 50, one[:40])),
        "raw-long-header": folder(c=llama, r=struct.pack("<QQ", 1 << 62, 64 << 20) + b" "),
        "absurd-shape": folder(c=absurd, w=PLAIN),
        "escaped": folder(c=llama, w='{"\\u0061\\n":{"dtype":"U\\u0038","shape":[],"data_offsets":[0,1]}}'),
        "nested": folder(c="[" * 200, w=PLAIN),
    }
    return found


def main() -> int:
    """Writes both corpora anew."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    corpora = {
        "gguf_header": {f"{name}.gguf": of for name, of in (shortened() | hostile_gguf()).items()},
        "safetensors_header": whole_folders() | other_folders(),
    }
    total = sum(len(of) for corpus in corpora.values() for of in corpus.values())
    if total > MAX_BYTES:
        raise ValueError(f"{total} bytes are too many for the repository")
    for name, corpus in corpora.items():
        into = Path(sys.argv[1]) / name
        into.mkdir(parents=True, exist_ok=True)
        for file, of in corpus.items():
            (into / file).write_bytes(of)
    print(f"{sum(map(len, corpora.values()))} files, {total} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
