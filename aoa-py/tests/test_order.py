"""In which order a fleet comes up, which versions run, which files are read."""

from pathlib import Path

import pytest

import aoa

FLEET = Path(__file__).parents[2] / "examples" / "fleets" / "gitops-bridge"


@pytest.fixture(scope="module")
def fleet():
    return aoa.load(FLEET).resolve()


def test_every_app_has_a_stage(fleet):
    order = fleet.order()
    assert sum(map(len, order.stages)) == len(fleet) == order.summary["apps"]
    assert order.deadlocks == []
    assert repr(order).startswith(f"<Order: {len(fleet)} apps in {order.summary['stages']} stages")


def test_one_cluster_or_app(fleet):
    order = fleet.order(cluster="dev")
    assert 0 < len(order.apps) < len(fleet)
    assert {app["app"]["name"] for app in fleet.order(app="cert-manager-dev").apps} >= {"cert-manager-dev"}
    with pytest.raises(aoa.Error) as error:
        fleet.order(cluster="dve")
    assert error.value.kind == "not-found"


def test_versions_and_files(fleet):
    matrix = fleet.matrix("environment")
    assert matrix["by"] == "environment" and matrix["summary"]["apps"] == len(fleet)
    assert fleet.paths("cert-manager-dev")["summary"]["apps"] == 1


def test_own_policies(fleet):
    assert {policy["name"]: policy["apps"] for policy in fleet.policies}["tenants"] == 20
    policy = fleet.app("payments-api-prod-eu").policy
    kinds = next(constraint for constraint in policy["constraints"] if constraint["id"] == "tenants/kinds")
    assert kinds["through"]["name"] == "tenants" and kinds["place"]["path"] == "policies/tenants.yaml"
    assert {value["name"]: value["value"] for value in policy["values"]}["onCall"] == "payments-pager"
