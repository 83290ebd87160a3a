"""What changes between two fleets."""

import shutil
from pathlib import Path

import pytest

import aoa

FLEET = Path(__file__).parents[2] / "examples" / "fleets" / "gitops-bridge"


@pytest.fixture()
def both(tmp_path):
    for side in ("before", "after"):
        shutil.copytree(FLEET, tmp_path / side)
    return tmp_path / "before", tmp_path / "after"


def test_a_fleet_and_itself_are_the_same(both):
    changes = aoa.diff(*both)
    assert not changes
    assert changes.summary["same"] == 57
    assert changes.introduced == ()


def test_a_cluster_that_goes_leaves_its_objects(both):
    (both[1] / "clusters" / "dev.yaml").unlink()
    changes = aoa.diff(*both)
    assert changes
    assert changes.summary["deleted"] == 10
    assert [lost["cluster"] for lost in changes.radius] == ["dev"]
    gone = {change["app"]["name"]: change["fate"]["cascade"] for change in changes.apps if "fate" in change}
    assert gone["payments-api-dev"] == "cluster-gone"
    assert repr(changes).startswith("<Changes: 10 deleted")
    assert [finding.rule for finding in changes.introduced] == ["R022"]


def test_outputs_tell_what_their_folders_tell(both, tmp_path):
    for side in both:
        secret = side / "teams" / "search" / "web" / "manifests" / "secret.yaml"
        secret.write_text("{apiVersion: v1, kind: Secret, metadata: {name: login}, stringData: {password: some-password}}")
    (both[1] / "clusters" / "dev.yaml").unlink()
    outputs = [tmp_path / "before.json", tmp_path / "after.json"]
    for side, output in zip(both, outputs):
        output.write_text(aoa.load(side).resolve().to_json(manifests=True))
    changes = aoa.diff(*outputs)
    assert changes.apps == aoa.diff(*both).apps
    assert all("leaves out secrets" in note for note in changes.notes) and len(changes.notes) == 2
    assert aoa.diff(*both).notes == []
    assert aoa.diff(outputs[0], both[1]).summary == changes.summary
    outputs[1].write_text(aoa.load(both[1]).resolve().to_json())
    with pytest.raises(aoa.Error, match="the output was written without manifests") as error:
        aoa.diff(*outputs)
    assert error.value.help == "`aoa tree --json --manifests` writes one"


def test_the_policies_of_the_older_side_judge(both):
    manifest = both[1] / "teams" / "search" / "web" / "manifests" / "deployment.yaml"
    manifest.write_text(manifest.read_text().replace("registry.acme.example/search/web:1.0.0", "docker.io/acme/web"))
    policy = both[1] / "policies" / "platform.yaml"
    policy.write_text(policy.read_text().replace("registry.acme.example/**", "**"))
    assert aoa.diff(*both).introduced == ()
    changes = aoa.diff(*both, check=True)
    assert {"A005", "H002"} <= {finding.rule for finding in changes.introduced}
    assert [term["name"] for term in changes.terms] == ["platform"]
    before, after = (aoa.load(side).resolve() for side in both)
    rules = [finding.rule for finding in changes.introduced]
    assert [finding.rule for finding in before.diff(after, check=True).introduced] == rules
    assert before.diff(after).introduced == ()


def test_what_cannot_be_compared_says_why(tmp_path):
    with pytest.raises(aoa.Error) as error:
        aoa.diff("main...", repo=tmp_path)
    assert error.value.kind == "not-found"
    with pytest.raises(TypeError):
        aoa.diff("a", "b", "c")


def test_a_file_that_changes_reaches_what_reads_it():
    fleet = aoa.load(FLEET).resolve()
    path = "teams/search/web/manifests/service.yaml"
    changes = fleet.diff(fleet.with_files({path: None, "README.md": "nobody reads it"}))
    assert not fleet.diff(fleet.with_files({"README.md": "nobody reads it"}))
    assert changes.apps and all(change["kind"] == "changed" for change in changes.apps)
    assert changes.summary["same"] + len(changes.apps) == len(fleet)
    with pytest.raises(aoa.Error, match="no path in the repository"):
        fleet.with_files({"../x": ""})
