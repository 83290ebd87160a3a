#!/usr/bin/env bash
# Runs each target, or those named, for SECONDS_EACH (300). Needs nightly Rust and cargo-fuzz (`cargo install cargo-fuzz`).
set -euo pipefail
cd "$(dirname "$0")"
python3 seeds.py
# No sanitizer: the code is safe Rust, and without one it runs several times as fast. Nor are comparisons traced: that
# takes half of the time, and dictionaries and seeds know the words that it would find.
cargo +nightly fuzz build --fuzz-dir . --sanitizer none --no-trace-compares
# The stack of a thread that nobody made larger.
ulimit -s 2048
for target in ${*:-$(cargo +nightly fuzz list --fuzz-dir .)}; do
    mkdir -p "corpus/$target" "seeds/$target" "artifacts/$target"
    dictionary=()
    longest=8192
    # A fleet of files: short ones are tried far more often.
    [ "$target" = resolve ] && longest=2048
    [ -e "dictionaries/$target.dict" ] && dictionary=("-dict=dictionaries/$target.dict")
    echo "== $target"
    "target/x86_64-unknown-linux-gnu/release/$target" "corpus/$target" "seeds/$target" "${dictionary[@]}" \
        -max_total_time="${SECONDS_EACH:-300}" -max_len="$longest" -timeout=10 -rss_limit_mb=1024 \
        -artifact_prefix="artifacts/$target/" -verbosity=0 -print_final_stats=1
done
