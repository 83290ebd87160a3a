"""The example programs print what is expected of them, the same as those in Rust and Node."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHOP = "examples/fleets/shop"


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("apps_per_cluster", [SHOP], 0),
        ("gate", [SHOP], 1),
        ("graph", [SHOP], 0),
        ("what_if", [SHOP, f"{SHOP}/aoa.next.yaml"], 0),
    ],
)
def test_an_example_prints_what_is_expected(name, arguments, code):
    program = ROOT / "examples" / "python" / f"{name}.py"
    done = subprocess.run([sys.executable, program, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == (ROOT / "examples" / "expected" / f"{name}.txt").read_text(), done.stderr
    assert done.returncode == code
