//! A small tree of kustomizations: files behind lines `=== path`; what stands before the first is the folder that is built.
#![no_main]

use std::sync::Arc;

use aoa_core::render::HelmTemplate;
use aoa_fuzz::{checked, files};
use aoa_kustomize::{Builder, Edit, Editor, Existing, Helm, Options, Reach};
use aoa_lang::source::{Tree, TreePath};
use aoa_lang::yaml;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (head, files) = files(input);
    let head = String::from_utf8_lossy(head);
    let Some(folder) = TreePath::new(head.lines().next().unwrap_or_default()) else { return };
    let tree = Tree::in_memory(files);
    let builder = Builder::new(tree.clone(), options());
    let built = text(&builder, &folder);
    assert_eq!(text(&builder, &folder), built, "a warm builder");
    let fresh = Builder::new(tree.clone(), options());
    // What was built before makes no difference.
    for (path, _) in tree.entries() {
        let _ = path.parent().map(|folder| text(&fresh, &folder));
    }
    assert_eq!(text(&fresh, &folder), built, "a builder that has built other folders");
    if let Some(text) = &built {
        // Tags that Argo CD's reader refuses are printed as they were written, as the tool does: an error is no finding here.
        let _ = checked(yaml::split(text.as_bytes()).all());
    }
    edits(&builder, &folder);
});

fn text(builder: &Builder, folder: &TreePath) -> Option<String> {
    let built = builder.build(folder).and_then(|built| built.to_yaml());
    checked(built.map_err(aoa_kustomize::Error::into_inner))
}

/// A file that was edited can be read and edited again.
fn edits(builder: &Builder, folder: &TreePath) {
    let mut editor = Editor::new(builder, folder);
    let edits = [
        Edit::SetNamePrefix("p-".into()),
        Edit::SetImages(vec!["web=*:2".into()]),
        Edit::SetReplicas(vec![("web".into(), 3)]),
        Edit::AddLabels { pairs: vec!["a:b".into()], existing: Existing::Replaced, reach: Reach::Templates },
        Edit::AddAnnotations { pairs: vec!["a:b".into()], existing: Existing::Replaced },
    ];
    for (at, edit) in edits.iter().enumerate() {
        let done = checked(editor.run(edit).map_err(aoa_kustomize::Error::into_inner));
        assert!(at == 0 || done.is_some(), "`{edit}` fails after another");
        if done.is_none() {
            return;
        }
    }
    let built = editor.build().and_then(|built| built.to_yaml());
    let _ = checked(built.map_err(aoa_kustomize::Error::into_inner));
}

fn options() -> Options {
    let mut options = Options::default();
    options.limits.kustomizations = 200;
    options.limits.resources = 2_000;
    options.limits.steps = 200_000;
    options.helm = Helm::Enabled {
        renderer: Some(Arc::new(HelmTemplate::default())),
        kube_version: String::new(),
        api_versions: Vec::new(),
    };
    options
}
