#!/usr/bin/env bash
# Runs each target, or those named, for SECONDS_EACH (300). Needs nightly Rust and cargo-fuzz (`cargo install cargo-fuzz`).
set -euo pipefail
cd "$(dirname "$0")"
python3 seeds.py
# No sanitizer: the code is safe Rust, and without one it runs several times as fast.
cargo +nightly fuzz build --fuzz-dir . --sanitizer none
# The stack of a thread that nobody made larger.
ulimit -s 2048
for target in ${*:-$(cargo +nightly fuzz list --fuzz-dir .)}; do
    mkdir -p "corpus/$target" "seeds/$target" "artifacts/$target"
    dictionary=()
    [ -e "dictionaries/$target.dict" ] && dictionary=("-dict=dictionaries/$target.dict")
    echo "== $target"
    "target/x86_64-unknown-linux-gnu/release/$target" "corpus/$target" "seeds/$target" "${dictionary[@]}" \
        -max_total_time="${SECONDS_EACH:-300}" -max_len=8192 -timeout=10 -rss_limit_mb=1024 \
        -artifact_prefix="artifacts/$target/" -verbosity=0 -print_final_stats=1
done
