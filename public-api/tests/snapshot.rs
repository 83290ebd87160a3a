//! The committed listings are what the crates promise. `make api` writes them anew.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::Path;

/// The crates that others build upon.
const CRATES: [&str; 5] = ["aoa-lang", "aoa-helm", "aoa-kustomize", "aoa-core", "aoa-host"];

/// The text of a source file.
fn source(name: &str, path: &str) -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    fs::read_to_string(root.join(name).join("src").join(path)).ok()
}

#[test]
fn nothing_public_changes_unseen() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut changes = String::new();
    for name in CRATES {
        let listing = public_api::list(name, &|path| source(name, path)).unwrap();
        let file = root.join(name).join("api.txt");
        if std::env::var_os("UPDATE_API").is_some() {
            fs::write(&file, &listing).unwrap();
            continue;
        }
        let difference = public_api::difference(&fs::read_to_string(&file).unwrap_or_default(), &listing);
        if !difference.is_empty() {
            changes.push_str(&format!("\n{name}/api.txt\n{difference}"));
        }
    }
    assert!(
        changes.is_empty(),
        "the public interface changed; if that is meant, `make api` writes it down:\n{changes}"
    );
}

#[test]
fn everything_at_a_crate_root_has_an_example() {
    // Of the other crates the entry points have one.
    for name in ["aoa-lang", "aoa-core", "aoa-host"] {
        let missing = public_api::without_example(name, &|path| source(name, path)).unwrap();
        assert!(missing.is_empty(), "no example: {missing:?}");
    }
}
