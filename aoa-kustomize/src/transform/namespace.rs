//! `namespace`

use std::collections::HashMap;
use std::sync::OnceLock;

use aoa_lang::value::Text;
use aoa_lang::yaml::{Node, NodeKind};
use foldhash::fast::FixedState;

use super::{SCALAR, set_scalar};
use crate::config::{Create, FieldSpec};
use crate::error::{Error, Result};
use crate::node::{Made, expect_kind, lookup_or_make, set_fields};
use crate::resource::annotations::HELM_GENERATED;
use crate::resource::{ResMap, Resource};

/// Sets the namespace of all resources that have one.
pub(crate) struct NamespaceTransformer {
    pub(crate) namespace: Text,
    pub(crate) fields: Vec<FieldSpec>,
    pub(crate) unset_only: bool,
    pub(crate) subjects: SubjectMode,
}

/// Which subjects of role bindings get the namespace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SubjectMode {
    #[default]
    NamedDefault,
    AllServiceAccounts,
    None,
}

impl SubjectMode {
    /// Reads `setRoleBindingSubjects`.
    ///
    /// # Errors
    /// If it is none of the modes.
    pub(crate) fn read(text: &Text) -> Result<Self> {
        match text.to_str_lossy().as_ref() {
            "" | "defaultOnly" => Ok(SubjectMode::NamedDefault),
            "allServiceAccounts" => Ok(SubjectMode::AllServiceAccounts),
            "none" => Ok(SubjectMode::None),
            other => Err(Error::invalid(format!(
                "invalid value \"{other}\" for setRoleBindingSubjects: must be one of \"defaultOnly\", \"none\" or \"allServiceAccounts\""
            ))),
        }
    }
}

impl NamespaceTransformer {
    pub(crate) fn transform(&self, map: &mut ResMap) -> Result<()> {
        if self.fields.iter().any(FieldSpec::reaches_notes) {
            map.write_notes()?;
        }
        if self.namespace.is_empty() {
            return Ok(());
        }
        let hasher = FixedState::with_seed(11);
        let mut counts: HashMap<u64, usize, FixedState> = HashMap::with_hasher(FixedState::default());
        for resource in map.list() {
            *counts.entry(resource.id().digest(&hasher)).or_default() += 1;
        }
        for resource in map.list_mut() {
            if resource.is_gone()
                || resource.annotation(HELM_GENERATED).is_some_and(|value| *value == *"true")
            {
                continue;
            }
            let before = resource.id().digest(&hasher);
            resource.store_previous_id()?;
            self.change(resource)?;
            let after = resource.id().digest(&hasher);
            if let Some(count) = counts.get_mut(&before) {
                *count = count.saturating_sub(1);
            }
            let count = counts.entry(after).or_default();
            *count += 1;
            if *count != 1 {
                let id = resource.id();
                let message =
                    format!("namespace transformation produces ID conflict: {count} resources become {id}");
                return Err(Error::invalid(message));
            }
        }
        Ok(())
    }

    /// `namespace.Filter`
    pub(crate) fn change(&self, resource: &mut Resource) -> Result<()> {
        let gvk = resource.id().gvk.clone();
        let is_v1 = gvk.group.is_empty() && gvk.version == "v1";
        let is_binding = is_role_binding(&gvk.kind);
        let mut has_twins = is_binding;
        let mut set = |place: &mut Node| {
            has_twins |= place.twin().is_some();
            self.set(place)
        };
        if !resource.id().is_cluster_scoped() {
            let made = Made { kind: NodeKind::Scalar, tag: "" };
            resource.change_name(|root| set_fields(root, own_namespace(), Some(made), &mut set))?;
        }
        if is_binding {
            self.set_subjects(resource.body_mut())?;
        }
        for field in self.fields.iter().filter(|field| gvk.is_selected(&field.gvk)) {
            let is_unneeded = field.path == "metadata/namespace"
                || !is_v1 && field.path == "metadata/name"
                || is_binding && is_role_binding(&field.gvk.kind) && field.path == "subjects/namespace";
            if !is_unneeded {
                let done = set_fields(resource.root_mut(), field, Some(SCALAR), &mut set);
                done.map_err(|e| e.prefixed("namespace transformation failed: "))?;
            }
        }
        if has_twins {
            resource.settle_shared();
        }
        Ok(())
    }

    fn set(&self, place: &mut Node) -> Result<()> {
        let is_set = !place.is_empty() && place.kind == NodeKind::Scalar && !place.text.is_empty();
        if self.unset_only && is_set {
            return Ok(());
        }
        set_scalar(place, "!!str", self.namespace.clone())
    }

    fn set_subjects(&self, root: &mut Node) -> Result<()> {
        let (field, wanted) = match self.subjects {
            SubjectMode::None => return Ok(()),
            SubjectMode::NamedDefault => ("name", "default"),
            SubjectMode::AllServiceAccounts => ("kind", "ServiceAccount"),
        };
        let failed = |e: Error| e.prefixed("setting namespace on (cluster)role binding subjects: ");
        let Some(subjects) = root.field("subjects").filter(|subjects| !subjects.is_null()) else {
            return Ok(());
        };
        expect_kind(subjects, NodeKind::List).map_err(failed)?;
        let mut chosen = Vec::new();
        for (at, subject) in subjects.items().iter().enumerate() {
            expect_kind(subject, NodeKind::Map).map_err(failed)?;
            if let Some(found) = subject.field(field).filter(|found| !found.is_null()) {
                expect_kind(found, NodeKind::Scalar).map_err(failed)?;
                if found.text == *wanted {
                    chosen.push(at);
                }
            }
        }
        if chosen.is_empty() {
            return Ok(());
        }
        let Some(subjects) = root.field_mut("subjects").and_then(Node::items_mut) else { return Ok(()) };
        for at in chosen {
            let Some(subject) = subjects.get_mut(at) else { continue };
            if let Some(place) = lookup_or_make(subject, NodeKind::Scalar, &["namespace"]).map_err(failed)? {
                self.set(place).map_err(failed)?;
            }
        }
        Ok(())
    }
}

fn own_namespace() -> &'static FieldSpec {
    static OWN: OnceLock<FieldSpec> = OnceLock::new();
    OWN.get_or_init(|| FieldSpec::everywhere("metadata/namespace", Create::IfMissing))
}

fn is_role_binding(kind: &Text) -> bool {
    *kind == "RoleBinding" || *kind == "ClusterRoleBinding"
}
