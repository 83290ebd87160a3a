//! `conformance fleet --spec SPEC.json --checkouts DIR --reference RESULT.json`: a real fleet, resolved here and by the oracle.
//!
//! Compared are Applications by namespace and name, their specs, their manifests as data, and what became of ApplicationSets.
//! What both sides do not know is left out and counted. What changes with the seed of random functions or with the
//! time upstream leaves to chance: it is listed, and neither passes nor fails.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use aoa_core::inputs::Inputs;
use aoa_core::options::UrlMatching;
use aoa_core::{Options, resolve};
use serde_json::{Value as Json, json};

use crate::areas::fleet::{fleet_to_json, inputs};
use crate::case::Expected;
use crate::compare::judge;

/// What the arguments name.
#[derive(Debug, Default)]
struct Arguments {
    spec: PathBuf,
    checkouts: PathBuf,
    reference: PathBuf,
    verbose: bool,
}

/// Resolves, compares and prints; whether nothing failed.
///
/// # Errors
///
/// Arguments that are missing, and files that cannot be read.
pub fn run(arguments: &[String]) -> Result<bool, String> {
    let arguments = read_arguments(arguments)?;
    let spec = read_json(&arguments.spec)?;
    let reference = read_json(&arguments.reference)?;
    let inputs = inputs_of(&arguments, &spec)?;
    let (mine, other) = (resolved(&inputs, 0)?, resolved(&inputs, 1)?);
    let mut tally = Tally::default();
    tally.compare_sets(&reference, &mine);
    tally.compare_apps(&reference, &mine, &other);
    print!("{}", tally.text(arguments.verbose));
    Ok(tally.failed == 0)
}

fn read_arguments(given: &[String]) -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    let mut given = given.iter();
    while let Some(flag) = given.next() {
        let mut path = || given.next().map(PathBuf::from).ok_or_else(|| format!("{flag} needs a path"));
        match flag.as_str() {
            "--spec" => arguments.spec = path()?,
            "--checkouts" => arguments.checkouts = path()?,
            "--reference" => arguments.reference = path()?,
            "--verbose" | "-v" => arguments.verbose = true,
            other => return Err(format!("unknown argument `{other}`")),
        }
    }
    let is_missing = |path: &Path| path.as_os_str().is_empty();
    if is_missing(&arguments.spec) || is_missing(&arguments.checkouts) || is_missing(&arguments.reference) {
        return Err(
            "usage: conformance fleet --spec SPEC.json --checkouts DIR --reference RESULT.json [--verbose]"
                .into(),
        );
    }
    Ok(arguments)
}

fn read_json(path: &Path) -> Result<Json, String> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))
}

/// The inputs that the oracle's `run_fleets.py` would give.
fn inputs_of(arguments: &Arguments, spec: &Json) -> Result<Inputs, String> {
    let folder = arguments.spec.parent().unwrap_or(Path::new("."));
    let absolute = |path: PathBuf| fs::canonicalize(&path).map_err(|e| format!("{}: {e}", path.display()));
    let checkout = |of: &Json| {
        let name = of["fetch"].as_str().unwrap_or_default().trim_start_matches("github:").replace('/', "+");
        absolute(arguments.checkouts.join(name))
    };
    let mut repos = Vec::new();
    let main = checkout(spec)?;
    let aliases = spec["aliases"].as_array().into_iter().flatten();
    for url in std::iter::once(&spec["repoUrl"]).chain(aliases) {
        repos.push(json!({ "url": url, "dir": main, "commit": spec["commit"] }));
    }
    for also in spec["also"].as_array().into_iter().flatten() {
        repos.push(json!({ "url": also["repoUrl"], "dir": checkout(also)?, "commit": also["commit"] }));
    }
    for local in spec["local"].as_array().into_iter().flatten() {
        let dir = absolute(folder.join(local["dir"].as_str().unwrap_or_default()))?;
        repos.push(json!({ "url": local["repoUrl"], "dir": dir }));
    }
    let case = json!({
        "repos": repos, "roots": spec["roots"], "rootRepo": spec["repoUrl"], "inventory": spec["inventory"],
    });
    inputs(folder, &case)
}

fn resolved(inputs: &Inputs, seed: u64) -> Result<Json, String> {
    let mut options = Options::default();
    options.urls = UrlMatching::Exact;
    options.seed = seed;
    // Another seed is another time as well: what a chart writes down of it is different each time, too.
    options.now = i64::try_from(seed).map_or(0, |seed| seed * 100_000_000);
    resolve(inputs, &options).map(|fleet| fleet_to_json(&fleet)).map_err(|e| e.to_string())
}

/// What was compared.
#[derive(Debug, Default)]
struct Tally {
    passed: usize,
    failed: usize,
    /// How often each kind of difference occurred, and where.
    differences: BTreeMap<&'static str, Vec<String>>,
    /// What neither passes nor fails.
    left_out: BTreeMap<&'static str, Vec<String>>,
}

type Key = (String, String);

/// The entries of a list by namespace and name.
fn by_key<'j>(result: &'j Json, list: &str) -> BTreeMap<Key, &'j Json> {
    let text = |entry: &Json, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    let entries = result[list].as_array().into_iter().flatten();
    entries.map(|entry| ((text(entry, "namespace"), text(entry, "name")), entry)).collect()
}

fn named(key: &Key) -> String {
    format!("{}/{}", key.0, key.1)
}

impl Tally {
    /// Counts a comparison.
    fn judge(&mut self, kind: &'static str, place: &str, want: &Json, got: &Json) -> bool {
        let verdict = judge("fleet", "case", &Expected::Want(want.clone()), Some(Ok(got.clone())));
        if verdict.passed {
            self.passed += 1;
        } else {
            self.fail(kind, format!("{place}: {}", verdict.difference));
        }
        verdict.passed
    }

    fn fail(&mut self, kind: &'static str, what: String) {
        self.failed += 1;
        self.differences.entry(kind).or_default().push(what);
    }

    fn leave_out(&mut self, why: &'static str, what: String) {
        self.left_out.entry(why).or_default().push(what);
    }

    fn compare_sets(&mut self, reference: &Json, mine: &Json) {
        let mut found = by_key(mine, "applicationSets");
        for (key, want) in by_key(reference, "applicationSets") {
            let place = named(&key);
            let Some(got) = found.remove(&key) else {
                self.fail("set is missing", place);
                continue;
            };
            if want["status"] == "unknown" && got["status"] == "unknown" {
                self.leave_out("unknown on both sides", place);
                continue;
            }
            let said = |set: &Json| json!({ "status": set["status"], "error": set["error"], "generated": set["generated"], "rejected": set["rejected"] });
            self.judge("set", &place, &said(want), &said(got));
        }
        found.keys().for_each(|key| self.fail("set is not in the reference", named(key)));
    }

    fn compare_apps(&mut self, reference: &Json, mine: &Json, other: &Json) {
        let mut found = by_key(mine, "applications");
        let others = by_key(other, "applications");
        for (key, want) in by_key(reference, "applications") {
            let place = named(&key);
            let Some(got) = found.remove(&key) else {
                self.fail("application is missing", place);
                continue;
            };
            self.judge("spec", &place, &want["spec"], &got["spec"]);
            self.compare_contents(&place, want, got, others.get(&key).copied().unwrap_or(got));
        }
        found.keys().for_each(|key| self.fail("application is not in the reference", named(key)));
    }

    fn compare_contents(&mut self, place: &str, want: &Json, got: &Json, other: &Json) {
        let status = |app: &Json| app["status"].as_str().unwrap_or_default().to_owned();
        let reason = || got["reason"].as_str().unwrap_or_default();
        match (status(want).as_str(), status(got).as_str()) {
            ("rendered", "rendered") => self.compare_manifests(place, want, got, other),
            ("unknown", "unknown") => self.leave_out("unknown on both sides", place.to_owned()),
            ("unknown", _) => self.leave_out("known here only", place.to_owned()),
            ("rendered", here) => {
                let lost = want["manifests"].as_array().map_or(0, Vec::len).max(1);
                for _ in 1..lost {
                    self.failed += 1;
                }
                self.fail(
                    "content",
                    format!("{place}: rendered there, {here} here ({lost} manifests): {}", reason()),
                );
            }
            (there, here) if there == here => self.passed += 1,
            (there, here) => {
                self.fail("content", format!("{place}: {there} there, {here} here: {}", reason()))
            }
        }
    }

    fn compare_manifests(&mut self, place: &str, want: &Json, got: &Json, other: &Json) {
        let mut found = manifests(got);
        let mut others = manifests(other);
        for (identity, wanted) in manifests(want) {
            let mut mine = found.remove(&identity).unwrap_or_default().into_iter();
            let mut again = others.remove(&identity).unwrap_or_default().into_iter();
            for manifest in wanted {
                let at = format!("{place} {identity}");
                match (mine.next(), again.next()) {
                    (None, _) => self.fail("manifest is missing", at),
                    (Some(mine), again) if again.is_some_and(|again| again != mine) => {
                        self.leave_out("left to chance", at);
                    }
                    (Some(mine), _) => {
                        self.judge("manifest", &at, manifest, mine);
                    }
                }
            }
            mine.for_each(|_| self.fail("manifest is not in the reference", format!("{place} {identity}")));
        }
        for (identity, more) in found {
            more.iter()
                .for_each(|_| self.fail("manifest is not in the reference", format!("{place} {identity}")));
        }
    }

    fn text(&self, verbose: bool) -> String {
        let mut out = String::new();
        let lists = [("", &self.differences), ("not judged: ", &self.left_out)];
        for (prefix, kinds) in lists {
            for (kind, places) in kinds {
                out.push_str(&format!("{prefix}{kind}: {}\n", places.len()));
                if verbose || *kind == "left to chance" {
                    places.iter().for_each(|place| out.push_str(&format!("  {place}\n")));
                }
            }
        }
        out.push_str(&format!("{} passed, {} failed\n", self.passed, self.failed));
        out
    }
}

/// The manifests of an Application by kind, namespace and name; several of one name in their order.
fn manifests(app: &Json) -> HashMap<String, Vec<&Json>> {
    let mut found: HashMap<String, Vec<&Json>> = HashMap::new();
    for manifest in app["manifests"].as_array().into_iter().flatten() {
        let text = |json: &Json, key: &str| json[key].as_str().unwrap_or_default().to_owned();
        let metadata = &manifest["metadata"];
        let group = text(manifest, "apiVersion")
            .rsplit_once('/')
            .map(|(group, _)| group.to_owned())
            .unwrap_or_default();
        let name =
            [group, text(manifest, "kind"), text(metadata, "namespace"), text(metadata, "name")].join("/");
        found.entry(name).or_default().push(manifest);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(name: &str, status: &str, manifests: Json) -> Json {
        json!({ "namespace": "argocd", "name": name, "spec": {}, "status": status, "manifests": manifests })
    }

    #[test]
    fn what_differs_is_counted_by_kind() {
        let config =
            |value: &str| json!({ "kind": "ConfigMap", "metadata": { "name": "c" }, "data": { "a": value } });
        let reference = json!({ "applications": [
            app("a", "rendered", json!([config("1")])), app("b", "unknown", json!([])), app("c", "rendered", json!([config("1")])),
            app("d", "rendered", json!([config("x")])),
        ] });
        let mine = json!({ "applications": [
            app("a", "rendered", json!([config("2")])), app("b", "unknown", json!([])), app("c", "unknown", json!([])),
            app("d", "rendered", json!([config("y")])),
        ] });
        let mut other = mine.clone();
        other["applications"][3]["manifests"][0] = config("z");
        let mut tally = Tally::default();
        tally.compare_apps(&reference, &mine, &other);
        assert_eq!((tally.passed, tally.failed), (4, 2), "{}", tally.text(true));
        assert!(tally.text(false).contains("not judged: left to chance: 1\n  argocd/d"));
        assert!(tally.text(false).contains("not judged: unknown on both sides: 1\n"));
    }
}
