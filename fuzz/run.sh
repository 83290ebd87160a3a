#!/usr/bin/env bash
# Runs each target, or those named, for SECONDS_EACH (300). Needs nightly Rust and cargo-fuzz (`cargo install cargo-fuzz`).
set -euo pipefail
cd "$(dirname "$0")"
python3 seeds.py
for target in ${*:-$(cargo +nightly fuzz list --fuzz-dir .)}; do
    mkdir -p "corpus/$target" "seeds/$target"
    # No sanitizer: the code is safe Rust, and without one it runs several times as fast.
    cargo +nightly fuzz run --fuzz-dir . --sanitizer none "$target" "corpus/$target" "seeds/$target" -- \
        -max_total_time="${SECONDS_EACH:-300}" -max_len=4096 -timeout=30 -rss_limit_mb=4096 -print_final_stats=0
done
