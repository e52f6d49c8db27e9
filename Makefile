# Two commands are all a newcomer needs: `make run` and `make test`. Each installs what is missing first.
#
# Cargo builds two groups apart: the worker with mistral.rs (heavy, and compiled for AVX2) and everything else, which
# runs on any processor of its kind. Features of shared dependencies then never depend on which of the two is built,
# and nothing heavy is built twice.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

# Outside the checkout, so that the next clone finds it again; nothing depends on its being there.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/inglenook/target
export INGLENOOK_TOOLS ?= $(HOME)/.cache/inglenook/tools
export PATH := $(INGLENOOK_TOOLS)/bin:$(HOME)/.cargo/bin:$(PATH)

BIN := $(CARGO_TARGET_DIR)/release
ENGINE := -p inglenook-engine-mistralrs
# candle picks its SIMD kernels when it is compiled: without AVX2 every x86-64 machine would fall to scalar code.
ifeq ($(shell uname -m),x86_64)
WIDE := RUSTFLAGS="-C target-cpu=x86-64-v3"
endif
REST := --workspace --exclude inglenook-engine-mistralrs

.PHONY: help run test check fuzz fuzz-briefly bench bench-peers dev bindings format deb try-deb screenshots app engine page setup-run setup-test unit e2e clients desktop

help:
	@echo "make run     build what is missing and open the window (or serve it on loopback without a display)"
	@echo "make test    everything that is checked: units, journeys with the built-in model, browser, clients, real window"
	@echo "make check   formatting, lints, types, directions, sizes, licences"
	@echo "make fuzz    hostile model files, ten minutes for each reader; FOR=3600 is an hour"
	@echo "make bench   figures, as ratios against a peer measured in the same run"
	@echo "make bench-peers  the llama.cpp worker against a bare loop over the same libraries; takes hours"
	@echo "make dev     the page with hot reload, against the real host and a fake hub"
	@echo "make deb     a package for Debian in $(BIN)/bundle/deb"
	@echo "make try-deb the package, unpacked, opens its window and answers"

setup-run:
	scripts/setup.sh run

setup-test:
	scripts/setup.sh test

page: setup-run
	cd ui && npm run --silent build

engine: setup-run
	$(WIDE) cargo build --release $(ENGINE)

app: page engine
	cargo build --release $(REST) --bins

run: app
	scripts/run.sh $(BIN)

bindings:
	cargo run --release -q -p inglenook-contract --bin print-bindings > ui/src/contract/bindings.ts

format:
	cargo fmt --all
	cargo fmt --manifest-path fuzz/Cargo.toml
	cd ui && npm run --silent format

check: setup-test page
	cargo fmt --all --check
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	$(WIDE) cargo clippy --release $(ENGINE) --all-targets -- -D warnings
	cargo clippy --release $(REST) --all-targets -- -D warnings
	scripts/fuzz.sh lint
	cargo deny --log-level error check bans licenses sources
	cargo deny --log-level error --manifest-path fuzz/Cargo.toml check bans licenses sources
	(cd ui && npm run --silent check)
	(cd tests && npx --no-install tsc -p .)

# The programs first: journeys start them, and cargo builds no program of another package for a test.
unit: setup-test app
	$(WIDE) cargo test --release --no-fail-fast $(ENGINE)
	cargo test --release --no-fail-fast $(REST)
	cd ui && npm run --silent test

FOR ?= 600
fuzz: setup-run
	scripts/fuzz.sh $(FOR)

fuzz-briefly: setup-run
	scripts/fuzz.sh

e2e: setup-test app
	scripts/fakehub.sh $(BIN)
	scripts/e2e.sh $(BIN)

clients: setup-test app
	scripts/clients.sh $(BIN)

desktop: setup-test app
	scripts/desktop.sh $(BIN)

test: check unit fuzz-briefly e2e clients desktop

bench: setup-test app
	scripts/bench.sh $(BIN)

bench-peers: app
	scripts/bench-peers.sh $(BIN)

dev: app
	scripts/dev.sh $(BIN)

deb: app
	scripts/bundle.sh $(BIN) deb

try-deb: setup-test deb
	scripts/try-deb.sh $(BIN)

screenshots: setup-test app
	scripts/screenshots.sh $(BIN)
