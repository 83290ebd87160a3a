"""Who stays on a branch or a tag is read there, whatever is checked out."""

import subprocess

import pytest

import aoa

URL = "https://git.example.com/fleet"


def git(folder, *words):
    who = ("-c", "user.name=someone", "-c", "user.email=someone@example.com")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture()
def clone(tmp_path):
    """``web`` follows the branch ``release``, which stands at the first commit; ``main`` has come further."""
    app = (
        "{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: web, namespace: argocd}, spec: {"
        f"source: {{repoURL: '{URL}', path: web, targetRevision: release}}, "
        "destination: {name: in-cluster, namespace: web}}}"
    )
    (tmp_path / "web").mkdir()
    (tmp_path / "root.yaml").write_text(app)
    (tmp_path / "aoa.yaml").write_text(f"repositories: {{{URL}: .}}\nroots: [root.yaml]\n")
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    for value in ("first", "second"):
        config = "{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {a: %s}}" % value
        (tmp_path / "web" / "config.yaml").write_text(config)
        git(tmp_path, "add", "--all")
        git(tmp_path, "commit", "--quiet", "--message", value)
        if value == "first":
            git(tmp_path, "branch", "release")
    return tmp_path


def value(loaded):
    return loaded.resolve().app("web").content.manifests[0]["data"]["a"]


def test_a_branch_is_read_where_it_stands(clone):
    assert value(aoa.load(clone)) == "first"
    assert value(aoa.load(clone, branch="release")) == "second"
    assert value(aoa.load(clone, branch="release").thought(label="in-cluster:tier=gold")) == "second"


def test_a_change_is_for_the_branch_that_it_is_compared_with(clone):
    assert [change["app"]["name"] for change in aoa.diff("release..main", repo=clone).apps] == ["web"]
    assert aoa.diff("release..main", repo=clone, branch="main").apps == []
