#!/usr/bin/env python3
"""Write a GGUF file with the dimensions of a real model and random weights.

What a model says depends on its weights; how fast it says it and how much memory it takes does not. So speed and
memory of a 1B or an 8B model can be measured on any machine without downloading one:

    pip install gguf numpy
    tools/random_gguf.py /tmp/1b.gguf --arch llama --size 1b --quant q4_k_m

The weights are drawn block by block in the target's own format and never exist in full precision, and each tensor
is written before the next is drawn: the 8B file takes seconds and less than 1 GB of memory. The same
options and the same seed give the same bytes.

The vocabulary has one token for each byte, so a text of N ASCII characters is a prompt of N tokens, the four marks
of the ChatML template that the file carries, and filler up to the size that the model's vocabulary really has (the
table of embeddings and the last layer count for speed, too).
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Kind

MARKS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|pad|>"]

TEMPLATE = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


@dataclass(frozen=True)
class Size:
    """The dimensions of a model; `like` names the one they were taken from."""

    like: str
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head: int
    feed_forward: int
    vocabulary: int
    tied: bool


SIZES = {
    "tiny": Size("nothing: two thin layers for a quick try", 256, 2, 4, 2, 64, 512, 1024, True),
    "0.5b": Size("Qwen3-0.6B", 1024, 28, 16, 8, 128, 3072, 151_936, True),
    "1b": Size("Llama-3.2-1B", 2048, 16, 32, 8, 64, 8192, 128_256, True),
    "3b": Size("Llama-3.2-3B", 3072, 28, 24, 8, 128, 8192, 128_256, True),
    "8b": Size("Llama-3.1-8B", 4096, 32, 32, 8, 128, 14_336, 128_256, False),
}

# The spread of trained weights is of this order; larger ones would overflow after a few dozen layers.
SPREAD = 0.02


def blocks(kind: Kind, rows: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    """A matrix of random weights in the format `kind`, as the bytes that belong into the file."""
    if kind == Kind.F32:
        return rng.normal(0.0, SPREAD, (rows, columns)).astype(np.float32)
    if kind == Kind.F16:
        return (rng.standard_normal((rows, columns), dtype=np.float32) * SPREAD).astype(np.float16)
    per_block, size = gguf.GGML_QUANT_SIZES[kind]
    if columns % per_block:
        raise ValueError(f"{columns} columns do not make whole blocks of {per_block}")
    count = rows * (columns // per_block)
    raw = rng.integers(0, 256, (count, size), dtype=np.uint8)

    def put(offset: int, value: float) -> None:
        """Sets a block's half-precision scale, the one part that must not be any bit pattern."""
        raw[:, offset : offset + 2] = np.array([value], np.float16).view(np.uint8)

    if kind == Kind.Q8_0:
        # value = scale * int8, evenly spread over -128..127
        put(0, SPREAD * np.sqrt(3) / 128)
    elif kind == Kind.Q4_K:
        # value = d * sc * q - dmin * m with 6-bit sc, m and 4-bit q: half of d's mean reach cancels dmin's
        put(0, SPREAD / (32 * 4.6))
        put(2, SPREAD * 7.5 / (32 * 4.6))
    elif kind == Kind.Q6_K:
        # value = d * sc * q with 8-bit sc and q in -32..31; d stands behind ql (128), qh (64) and the scales (16)
        put(208, SPREAD / (74 * 18.5))
    else:
        raise ValueError(f"no recipe for {kind.name}")
    return raw.reshape(rows, -1)


def kind_of(name: str, layer: int, layers: int, quant: str) -> Kind:
    """The format in which llama.cpp would store a matrix: Q4_K_M keeps some of them in six bits."""
    if quant == "f16":
        return Kind.F16
    if quant == "q8_0":
        return Kind.Q8_0
    if name in ("output", "token_embd"):
        return Kind.Q6_K
    more_bits = layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2
    return Kind.Q6_K if name in ("attn_v", "ffn_down") and more_bits else Kind.Q4_K


def matrices(size: Size, arch: str):
    """Name, layer (-1 outside of the layers), rows and columns of all tensors; vectors have no rows."""
    queries, keys = size.heads * size.head, size.kv_heads * size.head
    yield "token_embd", -1, size.vocabulary, size.hidden
    for layer in range(size.layers):
        yield "attn_norm", layer, None, size.hidden
        yield "attn_q", layer, queries, size.hidden
        yield "attn_k", layer, keys, size.hidden
        yield "attn_v", layer, keys, size.hidden
        if arch == "qwen2":
            yield from (("attn_q.bias", layer, None, queries), ("attn_k.bias", layer, None, keys))
            yield "attn_v.bias", layer, None, keys
        if arch == "qwen3":
            yield from (("attn_q_norm", layer, None, size.head), ("attn_k_norm", layer, None, size.head))
        yield "attn_output", layer, size.hidden, queries
        yield "ffn_norm", layer, None, size.hidden
        yield "ffn_gate", layer, size.feed_forward, size.hidden
        yield "ffn_up", layer, size.feed_forward, size.hidden
        yield "ffn_down", layer, size.hidden, size.feed_forward
    yield "output_norm", -1, None, size.hidden
    if not size.tied:
        yield "output", -1, size.vocabulary, size.hidden


def byte_names() -> list[str]:
    """How byte-level vocabularies write the 256 bytes: printable ones as themselves, the rest shifted."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    shifted = iter(range(256, 512))
    return [chr(byte) if byte in printable else chr(next(shifted)) for byte in range(256)]


def add_vocabulary(writer: gguf.GGUFWriter, count: int) -> None:
    """Byte tokens, one merge (the engine wants a list), filler that no text turns into, and the marks."""
    names = byte_names()
    names.append(names[ord("q")] + names[ord("q")])
    names += [f"filler{n:06}" for n in range(count - len(names) - len(MARKS))]
    normal = len(names)
    names += MARKS
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(names)
    writer.add_token_types([gguf.TokenType.NORMAL] * normal + [gguf.TokenType.CONTROL] * len(MARKS))
    writer.add_token_merges([f"{names[ord('q')]} {names[ord('q')]}"])
    writer.add_bos_token_id(normal)
    writer.add_eos_token_id(normal + 2)
    writer.add_pad_token_id(normal + 3)
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)


def add_dimensions(writer: gguf.GGUFWriter, size: Size, context: int) -> None:
    """What the engine must know to build the model."""
    writer.add_context_length(context)
    writer.add_embedding_length(size.hidden)
    writer.add_block_count(size.layers)
    writer.add_feed_forward_length(size.feed_forward)
    writer.add_head_count(size.heads)
    writer.add_head_count_kv(size.kv_heads)
    writer.add_key_length(size.head)
    writer.add_value_length(size.head)
    writer.add_rope_dimension_count(size.head)
    writer.add_rope_freq_base(500_000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(size.vocabulary)


def tensor_name(name: str, layer: int) -> str:
    """The name in the file."""
    full = name if layer < 0 else f"blk.{layer}.{name}"
    return full if full.endswith(".bias") else f"{full}.weight"


def write(path: Path, arch: str, size: Size, quant: str, context: int, seed: int) -> None:
    """Writes the file: first everything that describes the tensors, then one after the other."""
    writer = gguf.GGUFWriter(path, arch)
    writer.add_name(f"random {arch} like {size.like}")
    writer.add_file_type({"f16": 1, "q8_0": 7, "q4_k_m": 15}[quant])
    add_dimensions(writer, size, context)
    add_vocabulary(writer, size.vocabulary)
    plan = []
    for name, layer, rows, columns in matrices(size, arch):
        kind = Kind.F32 if rows is None else kind_of(name, layer, size.layers, quant)
        per_block, bytes_a_block = gguf.GGML_QUANT_SIZES[kind]
        shape = (columns,) if rows is None else (rows, columns)
        nbytes = (rows or 1) * columns // per_block * bytes_a_block
        writer.add_tensor_info(tensor_name(name, layer), shape, np.dtype(np.float32), nbytes, raw_dtype=kind)
        plan.append((name, rows, columns, kind))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    rng = np.random.default_rng(seed)
    for name, rows, columns, kind in plan:
        if rows is not None:
            writer.write_tensor_data(blocks(kind, rows, columns, rng))
        elif name.endswith("norm"):
            writer.write_tensor_data(np.ones(columns, np.float32))
        else:
            writer.write_tensor_data(np.zeros(columns, np.float32))
    writer.close()


def main() -> int:
    """Reads the options and writes the file."""
    parser = argparse.ArgumentParser(description="Write a GGUF file of real dimensions with random weights.")
    parser.add_argument("out", type=Path, help="the file to write")
    parser.add_argument("--arch", choices=["llama", "qwen2", "qwen3"], default="llama")
    parser.add_argument("--size", choices=SIZES, default="1b")
    parser.add_argument("--quant", choices=["q4_k_m", "q8_0", "f16"], default="q4_k_m")
    parser.add_argument("--context", type=int, default=8192, help="tokens that the model claims to be trained for")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    size = SIZES[options.size]
    write(options.out, options.arch, size, options.quant, options.context, options.seed)
    print(f"{options.out}: {options.out.stat().st_size / 1e9:.2f} GB, like {size.like}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
