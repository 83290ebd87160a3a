//! The commit id that Git gives to a set of files, as the oracle makes its fixtures.

use std::collections::BTreeMap;

use sha1::{Digest, Sha1};

/// A file or a symbolic link.
#[derive(Clone, Copy)]
pub(super) enum Blob<'b> {
    File(&'b str),
    Link(&'b str),
}

/// The id of the oracle's commit of `files`: without parents, with a fixed author, time and message.
pub(super) fn commit_id(files: &BTreeMap<&str, Blob<'_>>) -> String {
    let tree = tree_id(files.iter().map(|(path, blob)| (*path, *blob)).collect());
    let signature = "Fixture <fixture@example.com> 1767323045 +0000";
    let text = format!("tree {}\nauthor {signature}\ncommitter {signature}\n\nfixture\n", hexadecimal(&tree));
    hexadecimal(&object_id("commit", text.as_bytes()))
}

fn tree_id(files: Vec<(&str, Blob<'_>)>) -> [u8; 20] {
    let mut folders: BTreeMap<&str, Vec<(&str, Blob<'_>)>> = BTreeMap::new();
    // Git sorts folders as if their names ended with a slash.
    let mut entries: BTreeMap<String, (&str, &str, [u8; 20])> = BTreeMap::new();
    for (path, blob) in files {
        match path.split_once('/') {
            Some((folder, rest)) => folders.entry(folder).or_default().push((rest, blob)),
            None => {
                let (mode, text) = match blob {
                    Blob::File(text) => ("100644", text),
                    Blob::Link(target) => ("120000", target),
                };
                entries.insert(path.to_owned(), (mode, path, object_id("blob", text.as_bytes())));
            }
        }
    }
    for (folder, inside) in folders {
        entries.insert(format!("{folder}/"), ("40000", folder, tree_id(inside)));
    }
    let mut content = Vec::new();
    for (mode, name, id) in entries.values() {
        content.extend_from_slice(format!("{mode} {name}\0").as_bytes());
        content.extend_from_slice(id);
    }
    object_id("tree", &content)
}

fn object_id(kind: &str, content: &[u8]) -> [u8; 20] {
    let mut hasher = Sha1::new();
    hasher.update(format!("{kind} {}\0", content.len()));
    hasher.update(content);
    hasher.finalize().into()
}

fn hexadecimal(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
