"""Charts and kustomizations without a fleet."""

import pytest

import aoa


@pytest.fixture()
def chart(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    (tmp_path / "values.yaml").write_text("replicas: 1\ntag: a\n")
    (tmp_path / "prod.yaml").write_text("tag: b\n")
    (tmp_path / "templates" / "app.yaml").write_text(
        "kind: Deployment\nmetadata: {name: {{ .Release.Name }}}\nspec: {replicas: {{ .Values.replicas }}, tag: {{ .Values.tag }}}\n"
    )
    (tmp_path / "templates" / "test.yaml").write_text(
        'kind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test, helm.sh/hook-weight: "3"}}\n'
    )
    return tmp_path


def test_a_chart_is_rendered(chart):
    rendered = aoa.render_chart(chart, name="prod", values={"replicas": 3}, value_files=[chart / "prod.yaml"])
    [app] = rendered.manifests
    assert app.path == "web/templates/app.yaml"
    assert app.object["spec"] == {"replicas": 3, "tag": "b"}
    assert rendered.text.startswith("---\n# Source: web/templates/app.yaml\nkind: Deployment\nmetadata: {name: prod}\n")
    [hook] = rendered.hooks
    assert (hook.events, hook.weight) == (("test",), 3)
    assert aoa.render_chart(chart, set=["tag=c"]).manifests[0].object["spec"]["tag"] == "c"
    assert "kind: Pod" not in aoa.render_chart(chart, skip_tests=True).text


def test_an_error_has_the_words_of_helm(chart):
    (chart / "templates" / "bad.yaml").write_text("{{ fail `no` }}")
    with pytest.raises(aoa.Error, match=r"execution error at \(web/templates/bad.yaml:1:3\): no") as caught:
        aoa.render_chart(chart)
    assert caught.value.kind == "invalid"
    with pytest.raises(aoa.Error, match="does not exist"):
        aoa.render_chart(chart / "nowhere")


def test_a_kustomization_is_built(tmp_path):
    for name, text in {
        "base/kustomization.yaml": "resources: [a.yaml]",
        "base/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}",
        "prod/kustomization.yaml": "namePrefix: prod-\nresources: [../base]",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    built = aoa.build_kustomization(tmp_path / "prod", root=tmp_path)
    assert built.text == "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: prod-a\n"
    assert [m["metadata"]["name"] for m in built.manifests] == ["prod-a"]
    with pytest.raises(aoa.Error):
        aoa.build_kustomization(tmp_path / "prod")
    with pytest.raises(aoa.Error, match="there is no load restrictor `x`"):
        aoa.build_kustomization(tmp_path / "prod", load_restrictor="x")
