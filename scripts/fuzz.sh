#!/usr/bin/env bash
# Throws hostile headers at the readers of crate hub: those of fuzz/corpus, which must all pass, then random changes of them.
# Nothing is written into the checkout. A short run begins with the corpus; a longer one goes on from what earlier ones found.
# usage: fuzz.sh                      20 seconds for each reader
#        fuzz.sh SECONDS              as long as that
#        fuzz.sh replay TARGET FILE…  these inputs once
#        fuzz.sh lint                 clippy, with what a run builds
set -euo pipefail
cd "$(dirname "$0")/.."

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$HOME/.cache/inglenook/target}/fuzz
host=$(rustc -vV | sed -n 's/^host: //p')
bin=$CARGO_TARGET_DIR/$host/release
crashes=$CARGO_TARGET_DIR/crashes
targets=(gguf_header safetensors_header)
# A reading takes far under a second and a few megabytes; how much it may allocate is held in fuzz/src/lib.rs.
limits=(-timeout=10 -rss_limit_mb=1024 -max_len=49152)

# What cargo-fuzz would ask for, of what the stable compiler has: counters on every edge, and what is compared with what.
# With a target named, what runs while building (macros, build scripts) is spared them.
instrumented() { # cargo's command, its arguments
  local flags="--cfg fuzzing -Cpasses=sancov-module"
  for flag in level=4 inline-8bit-counters pc-table trace-compares; do
    flags+=" -Cllvm-args=-sanitizer-coverage-$flag"
  done
  RUSTFLAGS=$flags cargo "$1" --quiet --release --manifest-path fuzz/Cargo.toml --target "$host" "${@:2}"
}

# target, files: every one once, in order
replay() {
  local target=$1 log=$CARGO_TARGET_DIR/$1.replay.log
  shift
  if ! RUST_BACKTRACE=1 "$bin/$target" "${limits[@]}" "$@" >"$log" 2>&1; then
    reason "$log"
    echo "$target fails with $(sed -n 's/^Running: //p' "$log" | tail -n 1)" >&2
    return 1
  fi
  echo "$target: $# inputs pass"
}

# target, seconds, folder for what is found
search() {
  local target=$1 log=$CARGO_TARGET_DIR/$1.log seed=$((RANDOM * 32768 + RANDOM + 1))
  mkdir -p "$crashes" "$3"
  echo "$target: $2 seconds from seed $seed"
  if ! RUST_BACKTRACE=1 "$bin/$target" "${limits[@]}" -seed="$seed" -max_total_time="$2" -print_final_stats=1 \
    -dict="fuzz/$target.dict" -artifact_prefix="$crashes/$target-" "$3" "fuzz/corpus/$target" >"$log" 2>&1; then
    reason "$log"
    local input
    input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    echo "$target fails; all it said: $log" >&2
    echo "The input: $input" >&2
    echo "Once more: scripts/fuzz.sh replay $target $input" >&2
    return 1
  fi
  sed -n 's/^stat::number_of_executed_units: *//p; s/^stat::average_exec_per_sec: */at /p' "$log" | xargs printf '  %s inputs, %s %s a second\n'
}

# The panic or what else ended it, without the progress before
reason() {
  sed -n '/panicked at\|memory allocation of\|ERROR: libFuzzer/,$p' "$1" | head -n 40 >&2
}

if [ "${1:-}" = lint ]; then
  instrumented clippy --all-targets -- -D warnings
  exit
fi
instrumented build
if [ "${1:-}" = replay ]; then
  replay "${@:2}"
  exit
fi
for target in "${targets[@]}"; do
  replay "$target" "fuzz/corpus/$target"/*
done
found=$CARGO_TARGET_DIR/found
if [ $# -eq 0 ]; then
  found=$(mktemp -d)
  trap 'rm -rf "$found"' EXIT
fi
for target in "${targets[@]}"; do
  search "$target" "${1:-20}" "$found/$target"
done
