#!/usr/bin/env python3
"""Writes seeds for the fuzz targets from the recorded cases: fuzz/seeds/TARGET/NUMBER.

A target's entry names the case files and says how the input of a case becomes bytes (None: not for this target).
"""

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


TARGETS = {
    "regexp": [("argo/regexp", regexp)],
    "backtracking": [("argo/regexp", backtracking)],
    "glob": [("argo/glob", glob), ("argo/glob-list", glob_list)],
    "paths": [("argo/path-match", paths), ("argo/git-files", git_files)],
    "selector": [("argo/selector", selector)],
    "semver": [("argo/semver", semver)],
}


def main():
    shutil.rmtree(SEEDS, ignore_errors=True)
    for target, sources in TARGETS.items():
        seeds = set()
        for name, to_bytes in sources:
            for line in (CASES / f"{name}.jsonl").read_text().splitlines():
                if line.strip():
                    seeds.add(to_bytes(json.loads(line)))
        folder = SEEDS / target
        folder.mkdir(parents=True)
        for number, seed in enumerate(sorted(seeds - {None})):
            (folder / f"{number:04}").write_bytes(seed)
        print(f"{target}: {len(seeds - {None})} seeds")


if __name__ == "__main__":
    main()
