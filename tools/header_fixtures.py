#!/usr/bin/env python3
"""Write the headers of well-known models, without their weights, and what memory they should take.

    tools/header_fixtures.py src-tauri/crates/hub/tests/headers

Each file has the entries and the list of tensors that a GGUF file of the model has, with the dimensions that its authors
published, and ends where the weights would begin. `expected.json` beside them has what the estimator must find: computed
here from how each model is built (which block attends, looks through a window or carries a state), not from the entries
that the files get, after llama.cpp's sources as of `llama-cpp-sys-2` 0.1.161 (`llama-hparams.cpp`, `llama-kv-cache.cpp`,
`llama-memory-recurrent.cpp`, `ggml-cpu/repack.cpp`). The same script gives the same bytes. It needs nothing but Python.
"""

import json
import struct
import sys
from dataclasses import dataclass, field
from pathlib import Path

# Numbers in a block, bytes of a block, number in the file.
TYPES = {
    "F32": (1, 4, 0),
    "F16": (1, 2, 1),
    "Q4_0": (32, 18, 2),
    "Q8_0": (32, 34, 8),
    "Q2_K": (256, 84, 10),
    "Q4_K": (256, 144, 12),
    "Q5_K": (256, 176, 13),
    "Q6_K": (256, 210, 14),
    "MXFP4": (32, 17, 39),
}
# What kernels with AVX2 keep a second time.
REPACKED = {"Q4_0", "Q4_K", "MXFP4"}
U32, F32, BOOL, TEXT, LIST = 4, 6, 7, 8, 9
ALIGNMENT = 32
CONTEXT, BATCH = 8192, 512


@dataclass
class Block:
    """What a block keeps: numbers of a token's keys and values, the window it looks through, a state's numbers."""

    keys: int = 0
    values: int = 0
    window: int = 0
    state: int = 0


@dataclass
class Model:
    """A model: its entries, its tensors as (name, dimensions, type, purpose), its blocks."""

    name: str
    arch: str
    file_type: int
    vocabulary: int
    entries: dict = field(default_factory=dict)
    tensors: list = field(default_factory=list)
    blocks: list = field(default_factory=list)
    tied: bool = False
    experts: tuple = (0, 0)

    def add(self, name: str, dimensions: tuple, kind: str, purpose: str = "blocks") -> None:
        self.tensors.append((name, dimensions, kind, purpose))

    def table(self, width: int, kind: str, last: str | None) -> None:
        """The embeddings and the last layer; `last` is its type, or nothing where the embeddings serve as it."""
        self.add("token_embd.weight", (width, self.vocabulary), kind, "embeddings")
        if last:
            self.add("output.weight", (width, self.vocabulary), last, "output")
        self.add("output_norm.weight", (width,), "F32")
        self.tied = last is None


def attention(model: Model, at: int, width: int, queries: int, keys: int, values: int, kind: str, more: str) -> None:
    """The matrices of an ordinary attention."""
    model.add(f"blk.{at}.attn_norm.weight", (width,), "F32")
    model.add(f"blk.{at}.attn_q.weight", (width, queries), kind)
    model.add(f"blk.{at}.attn_k.weight", (width, keys), kind)
    model.add(f"blk.{at}.attn_v.weight", (width, values), more)
    model.add(f"blk.{at}.attn_output.weight", (queries, width), kind)


def feed_forward(model: Model, at: int, width: int, inner: int, kind: str, more: str, gated: bool = True) -> None:
    """The matrices of an ordinary feed-forward part."""
    if gated:
        model.add(f"blk.{at}.ffn_gate.weight", (width, inner), kind)
    model.add(f"blk.{at}.ffn_up.weight", (width, inner), kind)
    model.add(f"blk.{at}.ffn_down.weight", (inner, width), more)


def expert_part(model: Model, at: int, width: int, inner: int, count: int, kind: str) -> None:
    """The experts of a block."""
    model.add(f"blk.{at}.ffn_gate_inp.weight", (width, count), "F32")
    for part, dimensions in (("gate", (width, inner)), ("up", (width, inner)), ("down", (inner, width))):
        model.add(f"blk.{at}.ffn_{part}_exps.weight", (*dimensions, count), kind, "experts")


def mixture(at: int, layers: int) -> str:
    """In Q4_K_M, the type of the matrices that get more bits in every other block."""
    many = at < layers // 8 or at >= 7 * layers // 8 or (at - layers // 8) % 3 == 2
    return "Q6_K" if many else "Q4_K"


def transformer(
    name: str,
    arch: str,
    layers: int,
    width: int,
    heads: tuple,
    head: int,
    inner: int,
    vocabulary: int,
    *,
    kind: str = "Q4_K",
    tied: bool = False,
    said_head: bool = True,
    window=lambda at: 0,
    has_cache=lambda at: True,
    experts: tuple = (),
    **entries,
) -> Model:
    """A transformer of the usual build. `heads` are for queries and for keys; `experts` are how many, how many at once,
    their width and, as a function of the block, whether it has any."""
    model = Model(name, arch, {"Q4_K": 15, "Q4_0": 2, "Q8_0": 7, "F16": 1, "MXFP4": 38}[kind], vocabulary)
    model.entries = {
        "context_length": 131072,
        "embedding_length": width,
        "block_count": layers,
        "feed_forward_length": inner,
        "attention.head_count": heads[0],
        "attention.head_count_kv": heads[1],
    }
    if said_head:
        model.entries |= {"attention.key_length": head, "attention.value_length": head}
    plain = "Q8_0" if kind == "MXFP4" else kind
    rest = "Q6_K" if plain in ("Q4_K", "Q4_0") else plain
    model.table(width, rest if tied else plain, None if tied else rest)
    for at in range(layers):
        more = mixture(at, layers) if kind == "Q4_K" else plain
        attention(model, at, width, heads[0] * head, heads[1] * head, heads[1] * head, plain, more)
        if experts and experts[3](at):
            expert_part(model, at, width, experts[2], experts[0], kind)
        else:
            feed_forward(model, at, width, inner, plain, more)
        size = heads[1] * head if has_cache(at) else 0
        model.blocks.append(Block(size, size, window(at) if has_cache(at) else 0))
    if experts:
        model.experts = experts[:2]
        model.entries |= {
            "expert_count": experts[0],
            "expert_used_count": experts[1],
            "expert_feed_forward_length": experts[2],
        }
    model.entries |= {key.replace("__", "."): value for key, value in entries.items()}
    return model


def state_space(model: Model, at: int, width: int, inner: int, size: int, groups: int, conv: int, kind: str) -> int:
    """The matrices of a Mamba block; returns the numbers of its state: the inputs that the convolution looks back to and
    the state proper."""
    model.add(f"blk.{at}.ssm_in.weight", (width, 2 * inner + 2 * groups * size), kind)
    model.add(f"blk.{at}.ssm_conv1d.weight", (conv, inner + 2 * groups * size), "F32")
    model.add(f"blk.{at}.ssm_out.weight", (inner, width), kind)
    return (conv - 1) * (inner + 2 * groups * size) + size * inner


def ssm_entries(inner: int, size: int, groups: int, conv: int, rank: int) -> dict:
    entries = {"ssm.conv_kernel": conv, "ssm.inner_size": inner, "ssm.state_size": size, "ssm.time_step_rank": rank}
    return entries | ({"ssm.group_count": groups} if groups else {})


def hybrid(name, arch, layers, width, heads, head, inner, vocabulary, attends, ssm, kind="Q4_K", experts=(), dense=None):
    """Blocks that attend where `attends` says so and carry a state elsewhere. `ssm` is (inner, state, groups, kernel,
    rank); `dense` marks blocks that are a feed-forward part alone."""
    model = Model(name, arch, 15 if kind == "Q4_K" else 7, vocabulary)
    pure = lambda at: bool(dense and dense(at))  # noqa: E731
    model.entries = {
        "context_length": 131072,
        "embedding_length": width,
        "block_count": layers,
        "feed_forward_length": [inner if pure(at) else 0 for at in range(layers)] if dense else inner,
        "attention.head_count": heads[0],
        "attention.head_count_kv": [heads[1] if attends(at) else 0 for at in range(layers)],
        "attention.key_length": head,
        "attention.value_length": head,
    } | ssm_entries(*ssm)
    model.table(width, kind, "Q6_K" if kind == "Q4_K" else kind)
    for at in range(layers):
        state = 0
        if attends(at):
            attention(model, at, width, heads[0] * head, heads[1] * head, heads[1] * head, kind, kind)
        elif not pure(at):
            state = state_space(model, at, width, *ssm[:4], kind)
        if experts and experts[3](at):
            expert_part(model, at, width, experts[2], experts[0], kind)
        elif not dense or pure(at):
            feed_forward(model, at, width, inner, kind, kind)
        size = heads[1] * head if attends(at) else 0
        model.blocks.append(Block(size, size, 0, state))
    if experts:
        model.experts = experts[:2]
        model.entries |= {"expert_count": experts[0], "expert_used_count": experts[1]}
    return model


def latent(name: str, modern: bool) -> Model:
    """DeepSeek V2 Lite: one vector of 512 + 64 numbers a token, unless the file is from before llama.cpp knew how."""
    layers, width, heads, rank, rope, nope, value = 27, 2048, 16, 512, 64, 128, 128
    model = Model(name, "deepseek2", 15, 102_400, experts=(64, 6))
    model.entries = {
        "context_length": 163840,
        "embedding_length": width,
        "block_count": layers,
        "feed_forward_length": 10944,
        "attention.head_count": heads,
        "attention.kv_lora_rank": rank,
        "rope.dimension_count": rope,
        "expert_count": 64,
        "expert_used_count": 6,
        "expert_feed_forward_length": 1408,
        "leading_dense_block_count": 1,
    }
    if modern:
        model.entries |= {
            "attention.head_count_kv": 1,
            "attention.key_length": rank + rope,
            "attention.value_length": rank,
            "attention.key_length_mla": nope + rope,
            "attention.value_length_mla": value,
        }
        one = Block(keys=rank + rope)
    else:
        model.entries |= {
            "attention.head_count_kv": heads,
            "attention.key_length": nope + rope,
            "attention.value_length": value,
        }
        one = Block(keys=heads * (nope + rope), values=heads * value)
    model.table(width, "Q4_K", "Q6_K")
    for at in range(layers):
        model.add(f"blk.{at}.attn_q.weight", (width, heads * (nope + rope)), "Q4_K")
        model.add(f"blk.{at}.attn_kv_a_mqa.weight", (width, rank + rope), "Q4_K")
        model.add(f"blk.{at}.attn_kv_b.weight", (rank, heads * (nope + value)), "Q4_K")
        model.add(f"blk.{at}.attn_output.weight", (heads * value, width), "Q4_K")
        if at == 0:
            feed_forward(model, at, width, 10944, "Q4_K", "Q8_0")
        else:
            # 1408 is no multiple of 256: such matrices fall back to another type.
            model.add(f"blk.{at}.ffn_gate_exps.weight", (width, 1408, 64), "Q4_K", "experts")
            model.add(f"blk.{at}.ffn_up_exps.weight", (width, 1408, 64), "Q4_K", "experts")
            model.add(f"blk.{at}.ffn_down_exps.weight", (1408, width, 64), "Q8_0", "experts")
        model.blocks.append(Block(one.keys, one.values))
    return model


def mamba(name: str, arch: str, layers: int, width: int, ssm: tuple, vocabulary: int) -> Model:
    """Blocks with a state alone."""
    model = Model(name, arch, 7, vocabulary)
    model.entries = {
        "context_length": 1048576,
        "embedding_length": width,
        "block_count": layers,
        "feed_forward_length": 0,
        "attention.head_count": 0,
    } | ssm_entries(*ssm)
    model.table(width, "Q8_0", None)
    for at in range(layers):
        model.blocks.append(Block(state=state_space(model, at, width, *ssm[:4], "Q8_0")))
    return model


def rwkv(name: str, arch: str, layers: int, width: int, inner: int, shifts: int | None) -> Model:
    """RWKV: the last inputs of both halves of a block, and a square for each head of 64."""
    model = Model(name, arch, 7, 65_536)
    model.entries = {
        "context_length": 1048576,
        "embedding_length": width,
        "block_count": layers,
        "feed_forward_length": inner,
        "attention.head_count": 0,
        "wkv.head_size": 64,
    } | ({"token_shift_count": shifts} if shifts else {})
    model.table(width, "Q8_0", "Q8_0")
    for at in range(layers):
        for part in ("key", "value", "receptance", "gate", "output"):
            model.add(f"blk.{at}.time_mix_{part}.weight", (width, width), "Q8_0")
        model.add(f"blk.{at}.channel_mix_key.weight", (width, inner), "Q8_0")
        model.add(f"blk.{at}.channel_mix_value.weight", (inner, width), "Q8_0")
        squares = (width // 64) * 64 * 64
        model.blocks.append(Block(state=(shifts or 2) * width + squares))
    return model


def short_convolution() -> Model:
    """LFM2 1.2B: six blocks attend, ten look at the last three words."""
    layers, width, inner, attending = 16, 2048, 8192, {2, 5, 8, 10, 12, 14}
    model = Model("lfm2-1.2b", "lfm2", 15, 65_536)
    model.entries = {
        "context_length": 128000,
        "embedding_length": width,
        "block_count": layers,
        "feed_forward_length": inner,
        "attention.head_count": 32,
        "attention.head_count_kv": [8 if at in attending else 0 for at in range(layers)],
        "shortconv.l_cache": 3,
    }
    model.table(width, "Q6_K", None)
    for at in range(layers):
        if at in attending:
            attention(model, at, width, 2048, 512, 512, "Q4_K", "Q6_K")
            model.blocks.append(Block(512, 512))
        else:
            model.add(f"blk.{at}.shortconv.in_proj.weight", (width, 3 * width), "Q4_K")
            model.add(f"blk.{at}.shortconv.conv.weight", (3, width), "F32")
            model.add(f"blk.{at}.shortconv.out_proj.weight", (width, width), "Q4_K")
            model.blocks.append(Block(state=2 * width))
        feed_forward(model, at, width, inner, "Q4_K", mixture(at, layers))
    return model


def delta_net() -> Model:
    """Qwen 3 Next 80B: every fourth block attends, the others carry a gated delta net's state."""
    layers, width = 48, 2048
    ssm = (4096, 128, 16, 4, 32)
    model = Model("qwen3next-80b-a3b", "qwen3next", 15, 151_936, experts=(512, 10))
    model.entries = {
        "context_length": 262144,
        "embedding_length": width,
        "block_count": layers,
        "feed_forward_length": 5120,
        "attention.head_count": 16,
        "attention.head_count_kv": 2,
        "attention.key_length": 256,
        "attention.value_length": 256,
        "full_attention_interval": 4,
        "expert_count": 512,
        "expert_used_count": 10,
        "expert_feed_forward_length": 512,
    } | ssm_entries(*ssm)
    model.table(width, "Q4_K", "Q6_K")
    for at in range(layers):
        if at % 4 == 3:
            attention(model, at, width, 8192, 512, 512, "Q4_K", "Q4_K")
            model.blocks.append(Block(512, 512))
        else:
            state = state_space(model, at, width, *ssm[:4], "Q4_K")
            model.blocks.append(Block(state=state))
        expert_part(model, at, width, 512, 512, "Q4_K")
    return model


def both() -> Model:
    """Falcon H1 1.5B: every block attends and carries a state."""
    layers, width, ssm = 24, 2048, (3072, 256, 1, 4, 48)
    model = Model("falcon-h1-1.5b", "falcon-h1", 7, 65_536)
    model.entries = {
        "context_length": 131072,
        "embedding_length": width,
        "block_count": layers,
        "feed_forward_length": 4096,
        "attention.head_count": 8,
        "attention.head_count_kv": 2,
        "attention.key_length": 128,
        "attention.value_length": 128,
    } | ssm_entries(*ssm)
    model.table(width, "Q8_0", "Q8_0")
    for at in range(layers):
        attention(model, at, width, 1024, 256, 256, "Q8_0", "Q8_0")
        state = state_space(model, at, width, *ssm[:4], "Q8_0")
        feed_forward(model, at, width, 4096, "Q8_0", "Q8_0")
        model.blocks.append(Block(256, 256, 0, state))
    return model


def nemotron() -> Model:
    """Nemotron Nano 9B v2: M carries a state, * attends, - is a feed-forward part alone."""
    pattern = "M-M-M-MM-M-M-M*-M-M-M*-M-M-M-M*-M-M-M-M*-M-MM-M-M-M-M-M-"
    return hybrid(
        "nemotron-nano-9b-v2",
        "nemotron_h",
        len(pattern),
        4480,
        (40, 8),
        128,
        15680,
        131_072,
        lambda at: pattern[at] == "*",
        (10240, 128, 8, 4, 128),
        kind="Q8_0",
        dense=lambda at: pattern[at] == "-",
    )


def uneven_heads() -> Model:
    """A build like Gemma 4's, with dimensions of nobody: blocks with a window have shorter heads, and the last ten look
    into the caches of earlier ones."""
    layers, width, shared = 30, 1536, 10
    windowed = [at % 5 != 4 for at in range(layers)]
    model = transformer(
        "gemma4-build",
        "gemma4",
        layers,
        width,
        (8, 1),
        512,
        6144,
        262_144,
        tied=True,
        window=lambda at: 512 if windowed[at] else 0,
        has_cache=lambda at: at < layers - shared,
    )
    model.entries |= {
        "attention.key_length_swa": 256,
        "attention.value_length_swa": 256,
        "attention.sliding_window": 512,
        "attention.sliding_window_pattern": windowed,
        "attention.shared_kv_layers": shared,
    }
    for at, block in enumerate(model.blocks):
        if block.keys and windowed[at]:
            block.keys = block.values = 256
    return model


def models() -> list[Model]:
    """All of them."""
    always = lambda at: True  # noqa: E731
    granite = {5, 15, 25, 35}
    return [
        transformer("llama-3.1-8b", "llama", 32, 4096, (32, 8), 128, 14336, 128_256),
        transformer("llama-2-7b-q4_0", "llama", 32, 4096, (32, 32), 128, 11008, 32_000, kind="Q4_0", said_head=False),
        transformer("qwen3-0.6b-q8_0", "qwen3", 28, 1024, (16, 8), 128, 3072, 151_936, kind="Q8_0", tied=True),
        transformer(
            "qwen2.5-7b", "qwen2", 28, 3584, (28, 4), 128, 18944, 152_064, said_head=False, attention__sliding_window=131072
        ),
        transformer(
            "gemma2-9b", "gemma2", 42, 3584, (16, 8), 256, 14336, 256_000, tied=True, attention__sliding_window=4096,
            window=lambda at: 4096 if at % 2 == 0 else 0,
        ),
        transformer(
            "gemma3-4b", "gemma3", 34, 2560, (8, 4), 256, 10240, 262_144, tied=True, attention__sliding_window=1024,
            window=lambda at: 0 if at % 6 == 5 else 1024,
        ),
        transformer(
            "gemma3n-e4b", "gemma3n", 35, 2048, (8, 2), 256, 16384, 262_144, tied=True, attention__sliding_window=512,
            window=lambda at: 0 if at % 5 == 4 else 512, has_cache=lambda at: at < 20,
        ),
        transformer(
            "gpt-oss-20b", "gpt-oss", 24, 2880, (64, 8), 64, 2880, 201_088, kind="MXFP4", attention__sliding_window=128,
            window=lambda at: 128 if at % 2 == 0 else 0, experts=(32, 4, 2880, always),
        ),
        # llama.cpp leaves out what these files say of a window.
        transformer(
            "phi3-mini-4k", "phi3", 32, 3072, (32, 32), 96, 8192, 32_064, said_head=False, attention__sliding_window=2047
        ),
        transformer(
            "command-r7b", "cohere2", 32, 4096, (32, 8), 128, 14336, 256_000, tied=True, attention__sliding_window=4096,
            window=lambda at: 0 if at % 4 == 3 else 4096,
        ),
        transformer(
            "exaone4-32b", "exaone4", 64, 5120, (40, 8), 128, 27392, 102_400, attention__sliding_window=4096,
            window=lambda at: 0 if at % 4 == 3 else 4096,
        ),
        transformer(
            "exaone4-1.2b", "exaone4", 30, 2048, (32, 8), 64, 4096, 102_400, tied=True, attention__sliding_window=4096
        ),
        transformer(
            "mixtral-8x7b", "llama", 32, 4096, (32, 8), 128, 14336, 32_000, said_head=False, experts=(8, 2, 14336, always)
        ),
        transformer(
            "qwen3-30b-a3b", "qwen3moe", 48, 2048, (32, 4), 128, 6144, 151_936, experts=(128, 8, 768, always)
        ),
        transformer(
            "llama4-scout", "llama4", 48, 5120, (40, 8), 128, 16384, 202_048, experts=(16, 1, 8192, always),
            window=lambda at: 0 if at % 4 == 3 else 8192,
        ),
        transformer("smollm2-135m-f16", "llama", 30, 576, (9, 3), 64, 1536, 49_152, kind="F16", tied=True),
        latent("deepseek-v2-lite", True),
        latent("deepseek-v2-lite-older", False),
        mamba("mamba-2.8b", "mamba", 64, 2560, (5120, 16, 0, 4, 160), 50_280),
        mamba("mamba2-2.7b", "mamba2", 64, 2560, (5120, 128, 1, 4, 80), 50_280),
        hybrid(
            "granite-4.0-h-tiny", "granitehybrid", 40, 1536, (12, 4), 128, 512, 100_352, lambda at: at in granite,
            (3072, 128, 1, 4, 48), experts=(64, 6, 512, always),
        ),
        hybrid(
            "jamba-v0.1", "jamba", 32, 4096, (32, 8), 128, 14336, 65_536, lambda at: at % 8 == 4, (8192, 16, 0, 4, 256),
            experts=(16, 2, 14336, lambda at: at % 2 == 1),
        ),
        nemotron(),
        short_convolution(),
        delta_net(),
        both(),
        rwkv("rwkv6-1.6b", "rwkv6", 24, 2048, 7168, None),
        rwkv("rwkv7-1.5b", "rwkv7", 24, 2048, 8192, 2),
        uneven_heads(),
    ]


def text(words: str) -> bytes:
    return struct.pack("<Q", len(words.encode())) + words.encode()


def value(of) -> bytes:
    """A value with its type in front."""
    if isinstance(of, bool):
        return struct.pack("<I?", BOOL, of)
    if isinstance(of, int):
        return struct.pack("<II", U32, of)
    if isinstance(of, str):
        return struct.pack("<I", TEXT) + text(of)
    inner = [value(one) for one in of]
    return struct.pack("<I", LIST) + inner[0][:4] + struct.pack("<Q", len(of)) + b"".join(one[4:] for one in inner)


def size_of(dimensions: tuple, kind: str) -> int:
    per_block, size, _ = TYPES[kind]
    if dimensions[0] % per_block:
        raise ValueError(f"{dimensions} makes no whole blocks of {kind}")
    numbers = 1
    for length in dimensions:
        numbers *= length
    return numbers // per_block * size


def written(model: Model) -> tuple[bytes, int]:
    """The file up to its weights, and how long the whole one would be."""
    entries = {"general.architecture": model.arch, "general.name": model.name, "general.file_type": model.file_type}
    entries |= {f"{model.arch}.{key}": of for key, of in model.entries.items()}
    # A few tokens stand for all; how many there are is told by the table of embeddings.
    entries |= {"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.tokens": ["a", "b"], "tokenizer.ggml.eos_token_id": 1}
    body = b"".join(text(key) + value(of) for key, of in entries.items())
    offset = 0
    for name, dimensions, kind, _ in model.tensors:
        body += text(name) + struct.pack("<I", len(dimensions)) + struct.pack(f"<{len(dimensions)}Q", *dimensions)
        body += struct.pack("<IQ", TYPES[kind][2], offset)
        offset += -(-size_of(dimensions, kind) // ALIGNMENT) * ALIGNMENT
    header = b"GGUF" + struct.pack("<IQQ", 3, len(model.tensors), len(entries)) + body
    header += bytes(-len(header) % ALIGNMENT)
    return header, len(header) + offset


def row(numbers: int, quantised: bool) -> int:
    return -(-numbers // 32) * 34 if quantised else numbers * 2


def cache(model: Model, quantised: bool, whole: bool) -> int:
    """Bytes of keys and values with 8,192 tokens. `whole`: windows keep everything, as the worker has it; else each is
    cut to its window and one batch, for one conversation."""
    total = 0
    for block in model.blocks:
        cells = CONTEXT
        if block.window and not whole:
            cells = min(CONTEXT, -(-min(CONTEXT, block.window + BATCH) // 256) * 256)
        total += cells * (row(block.keys, quantised) + row(block.values, quantised))
    return total


def expected(model: Model, header: int, length: int) -> dict:
    """What the estimator must find."""
    purposes = dict.fromkeys(("embeddings", "output", "experts", "blocks"), 0)
    repacked = 0
    for _, dimensions, kind, purpose in model.tensors:
        size = size_of(dimensions, kind)
        purposes[purpose] += size
        multiplied = purpose != "embeddings" or model.tied
        if multiplied and kind in REPACKED and len(dimensions) > 1 and dimensions[1] % 8 == 0:
            repacked += size
    states = sum(block.state for block in model.blocks)
    conversations = 8 if states else 16
    return {
        "architecture": model.arch,
        "header_bytes": header,
        "file_bytes": length,
        "vocabulary": model.vocabulary,
        "blocks": len(model.blocks),
        "with_cache": sum(block.keys > 0 for block in model.blocks),
        "with_window": sum(block.window > 0 for block in model.blocks),
        "with_state": sum(block.state > 0 for block in model.blocks),
        "experts": list(model.experts),
        "weights_bytes": purposes,
        "repacked_bytes_avx2": repacked,
        "conversations": conversations,
        "kv_f16_bytes": cache(model, False, True),
        "kv_q8_0_bytes": cache(model, True, True),
        "kv_f16_cut_bytes": cache(model, False, False),
        "state_bytes": states * 4 * conversations,
    }


def main() -> int:
    """Writes all files."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for model in models():
        header, length = written(model)
        if len(header) > 40_000:
            raise ValueError(f"{model.name}: {len(header)} bytes are too many for a fixture")
        (folder / f"{model.name}.gguf").write_bytes(header)
        found[model.name] = expected(model, len(header), length)
    (folder / "expected.json").write_text(json.dumps(found, indent=1) + "\n")
    print(f"{len(found)} headers in {folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
