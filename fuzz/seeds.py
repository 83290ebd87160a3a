#!/usr/bin/env python3
"""Writes seeds for the fuzz targets from the recorded cases: fuzz/seeds/TARGET/NUMBER.

A target's entry names the case files and says how the input of a case becomes bytes (None: not for this target).
"""

import base64
import json
import pathlib
import shutil

ROOT = pathlib.Path(__file__).resolve().parent.parent
CASES = ROOT / "conformance"
SEEDS = ROOT / "fuzz" / "seeds"


def lines(*texts):
    """The texts, one a line, as the targets read them."""
    return "\n".join(texts).encode()


def regexp(case):
    given = case["in"]
    return lines(given["pattern"], given.get("replace", ""), given["text"]) if "dialect" not in given else None


def backtracking(case):
    return lines(case["in"]["pattern"], case["in"]["text"])


def glob(case):
    given = case["in"]
    return lines(given["pattern"], given.get("separators", ""), given["text"])


def glob_list(case):
    return lines(",".join(case["in"]["list"]), "", case["in"]["item"])


def paths(case):
    return lines(case["in"]["pattern"], case["in"]["path"])


def git_files(case):
    return lines(case["in"]["pattern"], *case["in"]["files"])


def selector(case):
    given = case["in"]
    return lines(given["selector"], "env", "prod") if "selector" in given else None


def semver(case):
    given = case["in"]
    if "sort" in given:
        return lines("*", *given["sort"][:2])
    return lines(given.get("constraint", "*"), given.get("version", given.get("parse", "")), "1.2.3-rc.1")


def text(value):
    """Data as JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def plain(typed):
    """The data of template cases without the marks of their Go types."""
    if isinstance(typed, list):
        return [plain(item) for item in typed]
    if isinstance(typed, dict):
        (key, value), *more = typed.items() or [("", None)]
        if not more and key.startswith("$"):
            return plain(value)
        return {key: plain(value) for key, value in typed.items()}
    return typed


def yaml(case):
    given = case["in"]
    return base64.b64decode(given["yaml64"]) if "yaml64" in given else given.get("yaml", "").encode()


def json_text(case):
    given = case["in"]
    return text(given.get("value", given.get("doc", case.get("want")))).encode()


def typed(case):
    return lines(case["in"]["type"], case["in"]["yaml"])


def typed_object(case):
    return lines("argoproj.io/v1alpha1/ApplicationSet", text(case["in"]["appset"]))


def patch(case):
    given = case["in"]
    as_text = lambda value: value if isinstance(value, str) else text(value)
    patch = given["patchText"] if "patchText" in given else as_text(given.get("patch", given.get("modified")))
    return lines(given.get("type", "apps/v1/Deployment"), patch.replace("\n", " "), as_text(given["doc"]))


def template(case):
    given = case["in"]
    how = "argo" if case["op"] == "argo" else "go"
    options = given.get("options", []) if how == "argo" else [given.get("missingkey", "")]
    data = given.get("typed", given.get("data", given.get("params")))
    return lines(" ".join([how, *options]), text(plain(data)), given["template"])


def placeholders(case):
    return lines(text(case["in"]["params"]), case["in"]["template"])


def fleet(inventory, files):
    """A fleet as `resolve` reads it; paths and contents."""
    return "".join([inventory, *(f"=== {path}\n{content}\n" for path, content in files)]).encode()


def set_fleet(case):
    """An ApplicationSet with its clusters and repositories as a fleet."""
    given = case["in"]
    clusters = "".join(
        f"---\n{text({'labels': c.get('labels'), 'annotations': c.get('annotations'), **c['data']})}\n"
        for c in given.get("clusters", [])
        if "name" in c["data"] and "server" in c["data"]
    )
    rename = lambda content: content.replace("https://git.example.com/platform/fleet.git", "https://git.example.com/fleet")
    files = [(path, content) for repo in given.get("repos", []) for path, content in repo.get("files", {}).items()]
    files.append(("sets.yaml", text(given["appset"])))
    return fleet(clusters, [(path, rename(content)) for path, content in files])


def fleet_folders():
    """The whole-fleet cases and the example fleet, all of their repositories in one tree."""
    for folder in [*sorted((CASES / "fleet" / "cases").iterdir()), ROOT / "examples" / "fleets" / "gitops-bridge"]:
        inventory, files, urls = "", [], ["https://git.example.com/acme/fleet"]
        for path in sorted(folder.rglob("*.*")):
            name = str(path.relative_to(folder))
            if path.is_dir() and not path.is_symlink() or path.name in ("case.json", "expected.json"):
                continue
            content = f"-> {path.readlink()}" if path.is_symlink() else path.read_text(errors="replace")
            if name.startswith(("inventory", "clusters")):
                inventory += f"---\n{content}\n"
            else:
                files.append((name.split("/", 2)[-1] if name.startswith("repos/") else name, content))
        case = folder / "case.json"
        if case.exists():
            urls += [repo["url"] for repo in json.loads(case.read_text())["repos"]]
        seed = fleet(inventory, files)
        for url in urls:
            seed = seed.replace(url.encode(), b"https://git.example.com/fleet")
        yield seed


def kustomize(case):
    """A tree of kustomizations, the folder that is built before it."""
    return fleet(case["in"]["path"] + "\n", case["in"]["files"].items())


def kustomization(case):
    """The file of the folder that is built."""
    given = case["in"]
    folder = "" if given["path"] in (".", "") else given["path"] + "/"
    names = ("kustomization.yaml", "kustomization.yml", "Kustomization")
    own = next((given["files"][folder + name] for name in names if folder + name in given["files"]), None)
    return lines('[{"op": "add", "path": "/metadata/labels/x", "value": "y"}]', "data.a", own) if own else None


def inventories():
    for path in sorted((CASES / "fleet").glob("*.inventory.yaml")):
        yield path.read_bytes()
    for path in sorted((ROOT / "examples" / "fleets" / "gitops-bridge" / "clusters").iterdir()):
        yield path.read_bytes()


def configs():
    yield (ROOT / "examples" / "fleets" / "gitops-bridge" / "aoa.yaml").read_bytes()
    yield b"""repositories: {https://github.com/acme/charts: ../charts}
branch: main
charts: [vendor/charts]
roots: [apps/root, {path: apps/root, name: root, repository: https://github.com/acme/charts, kustomize: {}}]
clusters: [clusters/*.yaml, inventory.json]
answers: [recorded/*.json]
argocd: {namespace: argocd, instance: argo, version: "3.5", settings: argocd/}
owners: {label: team, codeowners: true}
check: {fail-on: error, ignore: [H003], baseline: .aoa/baseline.json}
gates: {max-deletes: 5, max-clusters: 2, protect: ["argocd/*"], max-unknown: 0}
policies: [policies/*.yaml]
"""


def outputs():
    """What commands wrote of whole fleets."""
    for folder in sorted((CASES / "questions").iterdir()):
        for name in ("*/then.json", "*/expected.json", "*/expected.txt"):
            for file in sorted(folder.glob(name)) if folder.is_dir() else []:
                text = file.read_bytes()
                if text.startswith(b"{") and b'"appSets"' in text and b'"clusters"' in text:
                    yield text


def chart(case):
    """A Helm case: its values in one line, and the files of its chart."""
    given = case["in"]
    files = dict(given.get("files", {}))
    if "expr" in given:
        files["templates/expr.yaml"] = given["expr"]
    texts = [f"=== {path}\n{content}" for path, content in files.items() if isinstance(content, str)]
    values = " ".join(given.get("values", [])[:1]).replace("\n", " ")
    return lines(values, *texts)


def flags(case):
    given = case["in"]
    every = [flag for key in ("set", "setString", "setJson", "setLiteral") for flag in given.get(key, [])]
    return lines(every[0].replace("\n", " "), *given.get("values", [])[:1]) if every else None


def groups(pattern, to_bytes):
    return [(str(path.relative_to(CASES).with_suffix("")), to_bytes) for path in sorted(CASES.glob(pattern))]


TARGETS = {
    "regexp": [("argo/regexp", regexp)],
    "backtracking": [("argo/regexp", backtracking)],
    "glob": [("argo/glob", glob), ("argo/glob-list", glob_list)],
    "paths": [("argo/path-match", paths), ("argo/git-files", git_files)],
    "selector": [("argo/selector", selector)],
    "semver": [("argo/semver", semver)],
    "yaml": [*groups("yaml/load-*.jsonl", yaml), *groups("yaml/kyaml-l*.jsonl", yaml), *groups("yaml/split.jsonl", yaml)],
    "json": [*groups("yaml/emit-*.jsonl", json_text), *groups("yaml/*-patch.jsonl", json_text)],
    "typed": [("yaml/load-typed", typed), *groups("appset/appset-*.jsonl", typed_object), ("appset/crd", typed_object)],
    "patches": [*groups("yaml/*-patch.jsonl", patch), *groups("yaml/strategic-merge*.jsonl", patch)],
    "template": [*groups("template/gotmpl-*.jsonl", template), *groups("template/sprig-*.jsonl", template), *groups("template/argo-*.jsonl", template)],
    "placeholders": groups("template/fasttemplate-*.jsonl", placeholders),
    "helm": [*groups("helm/template-*.jsonl", chart), *groups("helm/expr-*.jsonl", chart), *groups("helm/order-*.jsonl", chart)],
    "set_flags": groups("helm/strvals-*.jsonl", flags),
    "resolve": groups("appset/appset-*.jsonl", set_fleet),
    "kustomize": groups("kustomize/*.jsonl", kustomize),
    "kustomization": groups("kustomize/*.jsonl", kustomization),
}

# Seeds that are no cases.
MORE = {"resolve": fleet_folders, "inventory": inventories, "config": configs, "output": outputs}


def main():
    shutil.rmtree(SEEDS, ignore_errors=True)
    for target in sorted({*TARGETS, *MORE}):
        seeds = set(MORE[target]()) if target in MORE else set()
        for name, to_bytes in TARGETS.get(target, []):
            for line in (CASES / f"{name}.jsonl").read_text().split("\n"):
                if line.strip():
                    seeds.add(to_bytes(json.loads(line)))
        folder = SEEDS / target
        folder.mkdir(parents=True)
        for number, seed in enumerate(sorted(seeds - {None})):
            (folder / f"{number:04}").write_bytes(seed)
        print(f"{target}: {len(seeds - {None})} seeds")


if __name__ == "__main__":
    main()
