"""What is wrong with a fleet, through Python."""

import subprocess
from pathlib import Path

import pytest

import aoa

from test_fleet import command

FLEETS = Path(__file__).parents[2] / "examples" / "fleets"


@pytest.fixture(scope="module")
def broken():
    return aoa.load(FLEETS / "broken" / "main").resolve()


def test_the_example_is_clean_but_for_a_waiver():
    checked = aoa.load(FLEETS / "gitops-bridge").resolve().check(today="2026-11-21")
    assert not checked.fails
    assert [(finding.rule, finding.standing) for finding in checked] == [("P007", "waived")]
    assert checked.open == ()


def test_findings_have_columns(broken):
    checked = broken.check(select=["H"], today="2026-11-21")
    columns = checked.columns()
    assert columns["rule"] == ["H004", "H005", "H008", "H001", "H002", "H006", "H007", "H003"]
    assert columns["path"][4] == "content/h002/objects.yaml"
    assert set(columns["standing"]) == {"open"}
    assert checked.fails and checked.summary["errors"] == 3


def test_what_is_not_asked_is_not_said(broken):
    assert not broken.check(select=["latest-image"], fail_on="error").fails
    assert broken.check(select=["latest-image"], fail_on="warning").fails
    assert broken.check(select=["H002"], ignore=["H"]) == ()
    with pytest.raises(aoa.Error) as error:
        broken.check(select=["H999"])
    assert error.value.kind == "invalid"


def test_reports_are_those_of_the_command(broken):
    folder = str(FLEETS / "broken" / "main")
    for form in ("json", "sarif", "github", "gitlab", "markdown", "junit"):
        printed = subprocess.run([command(), "check", folder, "-o", form, "--today", "2026-11-21"], capture_output=True, text=True)
        assert broken.check(today="2026-11-21").report(form) == printed.stdout


def test_a_baseline_takes_findings_out_of_the_count(broken, tmp_path):
    folder, file = str(FLEETS / "broken" / "main"), str(tmp_path / "baseline.json")
    subprocess.run([command(), "check", folder, "--write-baseline", file, "--today", "2026-11-21"], check=True)
    assert not broken.check(baseline=file, today="2026-11-21").fails
    assert broken.check(baseline=file, baseline_max_age=30, today="2026-12-20").open == ()
    aged = broken.check(baseline=file, baseline_max_age=30, today="2026-12-21")
    assert aged.fails and {finding.standing for finding in aged} == {"aged"}
