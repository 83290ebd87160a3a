"""Stops a pull request that breaks the fleet, with GitHub's annotations: python gate.py FOLDER

Exits 1 if there is an error, 0 if there is none.
"""

import sys

import aoa

fleet = aoa.load(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
commands = {"error": "error", "warning": "warning", "info": "notice"}
for finding in fleet.findings:
    place = f"file={finding.path},line={finding.line}," if finding.path else ""
    message = finding.message.replace("\n", "%0A")
    print(f"::{commands[finding.severity]} {place}title={finding.rule}::{message}")
errors = sum(finding.severity == "error" for finding in fleet.findings)
print(f"{errors} errors in {len(fleet)} Applications")
sys.exit(1 if errors else 0)
