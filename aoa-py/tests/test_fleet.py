"""The demo fleet through Python, compared with what the command prints."""

import functools
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import aoa

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "examples" / "fleets" / "gitops-bridge"


@pytest.fixture(scope="module")
def fleet() -> aoa.Fleet:
    return aoa.load(DEMO).resolve()


def command() -> Path:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / os.environ.get("AOA_PROFILE", "debug") / "aoa"


def test_the_json_is_that_of_the_command(fleet):
    printed = subprocess.run([command(), "tree", DEMO, "-o", "json"], check=True, capture_output=True).stdout
    assert fleet.to_json().encode() == printed


def test_apps_have_their_attributes(fleet):
    app = fleet.app("payments-api-prod-eu")
    assert (app.namespace, app.project, app.cluster) == ("argocd", "payments", "prod-eu")
    assert app.app_set == aoa.Ref("ApplicationSet", "argocd", "workloads")
    assert app.parent == app.app_set
    assert app.labels == {"environment": "prod", "team": "payments"}
    assert app.spec["source"]["path"] == "teams/payments/api/manifests"
    assert isinstance(app.content, aoa.Known)
    assert [m["kind"] for m in app.content.manifests] == ["Service", "Deployment"]
    assert len(fleet) == len(fleet.apps) == len(list(fleet))


CHART_OF_A_REPOSITORY = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: cache, namespace: argocd}
spec:
  source: {repoURL: https://charts.example.com, chart: redis, targetRevision: 1.x}
  destination: {name: in-cluster, namespace: shop}
"""


@pytest.fixture()
def open_fleet(tmp_path) -> aoa.Fleet:
    """A fleet whose only Application asks for a chart that is not at hand."""
    (tmp_path / "root.yaml").write_text(CHART_OF_A_REPOSITORY)
    return aoa.load(tmp_path).resolve()


def test_what_is_not_known_says_why(open_fleet):
    content = open_fleet.app("argocd/cache").content
    assert isinstance(content, aoa.Unknown)
    assert content.reason == "chart redis 1.x of https://charts.example.com is not supplied"
    [need] = open_fleet.needs
    assert need.reason == content.reason
    assert need.subjects == (aoa.Ref("Application", "argocd", "cache"),)


def test_findings_become_columns(open_fleet):
    columns = open_fleet.findings.columns()
    assert set(columns) >= {"rule", "severity", "message", "path", "line", "fingerprint"}
    assert len(columns["rule"]) == len(open_fleet.findings) > 0


def test_errors_have_kind_and_help(fleet, tmp_path):
    with pytest.raises(aoa.Error) as caught:
        fleet.app("nobody")
    assert caught.value.kind == "not-found"
    (tmp_path / "aoa.yaml").write_text("cluster: []\n")
    with pytest.raises(aoa.Error) as caught:
        aoa.load(tmp_path)
    assert caught.value.help == "did you mean `clusters`?"


def test_other_threads_run_while_a_fleet_resolves():
    loaded = aoa.load(DEMO)
    fleets = []
    threads = [threading.Thread(target=lambda: fleets.append(loaded.resolve())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({fleet.to_json() for fleet in fleets}) == 1


def test_errors_travel_and_show_their_help(tmp_path):
    (tmp_path / "aoa.yaml").write_text("cluster: []\n")
    with pytest.raises(aoa.Error) as raised:
        aoa.load(tmp_path)
    error = raised.value
    assert (error.kind, error.help) == ("invalid", "did you mean `clusters`?")
    assert str(error).startswith(f"{tmp_path}/aoa.yaml:") and str(error).endswith("unknown key `cluster`")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.kind, again.help) == (str(error), error.kind, error.help)
    if sys.version_info >= (3, 11):
        assert error.__notes__ == ["help: did you mean `clusters`?"]


def test_objects_show_what_they_are(fleet):
    assert repr(fleet) == f"<Fleet of {len(fleet)} apps>"
    assert repr(fleet.app("root")) == "<App argocd/root>"
    assert repr(aoa.load(DEMO)) == "<Loaded>"


def test_apps_are_values(fleet):
    root = fleet.app("root")
    assert root == fleet.apps[fleet.apps.index(root)] and len({root, fleet.app("argocd/root")}) == 1
    assert root != aoa.load(DEMO).resolve().app("root"), "another fleet's Application is another one"
    assert "root" in fleet and "argocd/root" in fleet and root in fleet and "nobody" not in fleet


def test_everything_public_is_documented():
    for name in aoa.__all__:
        thing = getattr(aoa, name)
        if name == "Content":
            continue
        assert thing.__doc__, name
        members = {n: m for n, m in vars(thing).items() if not n.startswith("_")} if isinstance(thing, type) else {}
        for member, value in members.items():
            if isinstance(value, (property, functools.cached_property)) or callable(value):
                assert value.__doc__, f"{name}.{member}"
