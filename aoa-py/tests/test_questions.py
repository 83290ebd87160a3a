"""Questions about a fleet: why, why not, what if, drift."""

from pathlib import Path

import pytest

import aoa

FLEET = Path(__file__).parents[2] / "examples/fleets/gitops-bridge"


@pytest.fixture(scope="module")
def fleet() -> aoa.Fleet:
    return aoa.load(FLEET).resolve()


def test_why_an_application_is_there(fleet: aoa.Fleet) -> None:
    reasons = fleet.why("payments-api-prod-eu")
    assert reasons["heldBy"] == 6
    assert [link["object"]["name"] for link in reasons["chain"]] == ["root", "tenants", "workloads", "payments-api-prod-eu"]
    field = fleet.why(app="payments-api-prod-eu", field="spec.source.path")["fields"][0]
    assert field["value"] == "teams/payments/api/manifests"
    assert field["parameters"][0]["name"] == "path.path"


def test_why_not_names_a_change_that_helps(fleet: aoa.Fleet) -> None:
    absence = fleet.why_not(appset="workloads", cluster="mgmt")
    assert {blocker["kind"] for blocker in absence["blockers"]} == {"cluster-selector"}
    labels = [flag.removeprefix("--label ") for flag in absence["change"]["whatIf"]]
    changes = aoa.load(FLEET).what_if(label=labels)
    assert changes.summary["added"] == absence["change"]["apps"] == 5


def test_what_if_tells_relabelling_from_removing() -> None:
    loaded = aoa.load(FLEET)
    removed = loaded.what_if(remove_cluster="prod-us")
    assert removed.summary["deleted"] == 9
    assert len(loaded.thought(remove_cluster="prod-us").resolve()) == 48
    with pytest.raises(aoa.Error) as raised:
        loaded.what_if(label="prod-uss:a=b")
    assert (raised.value.kind, raised.value.help) == ("not-found", "did you mean `prod-us`?")
    with pytest.raises(TypeError):
        loaded.what_if(lable="prod-us:a=b")


def test_drift(fleet: aoa.Fleet, tmp_path: Path) -> None:
    snapshot = tmp_path / "live.json"
    snapshot.write_text('[{"metadata": {"name": "old", "namespace": "argocd"}, "spec": {"destination": {"name": "dev"}}}]')
    drift = fleet.drift(snapshot)
    assert drift["summary"]["missing"] == 57
    assert drift["summary"]["orphaned"] == 1
