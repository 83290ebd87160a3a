# make demo | make test | make fuzz : what README and CI call. Needs Rust, Python 3.9+ and Node 20+.
CARGO ?= cargo
PYTHON ?= python3
VENV := .venv
# The command as the tests of the workspace have just built it: with the features of one package it would be built anew.
BUILD_AOA := $(CARGO) test -q --workspace --no-run

.PHONY: demo test lint rust python node conformance api fuzz bench bench-table bench-upstream

demo: ## the example fleet as a tree
	$(CARGO) run --release -q -p aoa-cli -- tree examples/fleets/gitops-bridge

test: lint rust python node ## everything: Rust, Python, Node

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy -q --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc -q --workspace --no-deps

rust:
	$(CARGO) test -q --workspace

conformance: ## counts for every group of recorded cases
	$(CARGO) run --release -q -p conformance -- conformance

python:
	$(MAKE) -C aoa-py test PYTHON=$(PYTHON) VENV=$(CURDIR)/$(VENV) BUILD_AOA='$(BUILD_AOA)'

node:
	$(MAKE) -C aoa-node test BUILD_AOA='$(BUILD_AOA)'

api: ## writes down what the crates promise, after a change that is meant
	UPDATE_API=1 $(CARGO) test -q -p public-api --test snapshot

bench: ## criterion benches: BENCH="--bench generate" for one of them
	$(CARGO) bench -p benches $(BENCH)

bench-table: ## the table of benches/RESULTS.md, measured here
	$(CARGO) run -q --profile bench -p benches --bin bench-table

bench-upstream: ## Argo CD's own code on the same fixtures, into benches/upstream.txt; needs Go and ten minutes
	$(CARGO) run -q --profile bench -p benches --bin bench-table -- --manifests > target/manifests.yaml
	cd conformance/oracles/appset && go run . -bench -bench-yaml $(CURDIR)/target/manifests.yaml > $(CURDIR)/target/upstream.txt
	mv target/upstream.txt benches/upstream.txt

fuzz: ## five minutes for each target; needs nightly Rust and cargo-fuzz
	./fuzz/run.sh
