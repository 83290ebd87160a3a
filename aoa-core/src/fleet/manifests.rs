//! The manifests of an Application: held, or, above the budget, only what each is until somebody asks for them.

use std::fmt;
use std::sync::{Arc, OnceLock};

use aoa_lang::source::ContentId;
use aoa_lang::value::Text;
use aoa_lang::{Value, json};

use crate::model::{Manifest, ManifestList};

/// The manifests of an Application.
#[derive(Clone)]
pub(crate) struct Manifests {
    held: OnceLock<ManifestList>,
    /// There from the beginning, if they are not to be held.
    outline: Option<Arc<Outline>>,
}

/// What stays of manifests that are not held.
struct Outline {
    objects: Box<[Outlined]>,
    digest: ContentId,
    /// What must never be printed has to be known always.
    secrets: ManifestList,
    again: Box<dyn Fn() -> ManifestList + Send + Sync>,
}

/// Which object a manifest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ManifestKey<'m> {
    pub(crate) group: &'m str,
    pub(crate) kind: &'m str,
    /// As written.
    pub(crate) namespace: &'m str,
    pub(crate) name: &'m str,
}

struct Outlined {
    group: Text,
    kind: Text,
    namespace: Text,
    name: Text,
}

impl Default for Manifests {
    fn default() -> Self {
        Manifests::from(ManifestList::default())
    }
}

impl From<ManifestList> for Manifests {
    fn from(all: ManifestList) -> Self {
        Manifests { held: OnceLock::from(all), outline: None }
    }
}

impl Manifests {
    /// What `all` are, to be made by `again` when they are asked for.
    pub(crate) fn outlined(
        all: &ManifestList,
        again: impl Fn() -> ManifestList + Send + Sync + 'static,
    ) -> Self {
        let texts: Vec<String> =
            all.iter().map(|manifest| json::to_string(&manifest.object).unwrap_or_default()).collect();
        let outline = Outline {
            objects: all.iter().map(Outlined::of).collect(),
            digest: ContentId::digest(texts.iter().map(String::as_bytes)),
            secrets: all.iter().filter(|manifest| is_secret(&manifest.object)).cloned().collect(),
            again: Box::new(again),
        };
        Manifests { held: OnceLock::new(), outline: Some(Arc::new(outline)) }
    }

    /// All of them, by group, kind, namespace and name. Those that are not held are rendered again, and held from then on.
    pub(crate) fn all(&self) -> &ManifestList {
        self.held.get_or_init(|| self.again())
    }

    /// The same for a passing look: what is not held is not held afterwards either.
    pub(crate) fn passing(&self) -> ManifestList {
        self.held.get().cloned().unwrap_or_else(|| self.again())
    }

    fn again(&self) -> ManifestList {
        self.outline.as_ref().map(|outline| (outline.again)()).unwrap_or_default()
    }

    /// Whether they are at hand.
    pub(crate) fn are_held(&self) -> bool {
        self.held.get().is_some()
    }

    /// Whether they are held only since somebody asked.
    pub(crate) fn is_held_again(&self) -> bool {
        self.outline.is_some() && self.held.get().is_some()
    }

    /// The same, as they were before anybody asked.
    pub(crate) fn trimmed(&self) -> Self {
        match &self.outline {
            Some(outline) => Manifests { held: OnceLock::new(), outline: Some(outline.clone()) },
            None => self.clone(),
        }
    }

    /// Those that drive the fleet, define kinds or set rules are among manifests that are held always.
    pub(crate) fn may_drive(&self) -> &ManifestList {
        match &self.outline {
            Some(_) => <&ManifestList>::default(),
            None => self.all(),
        }
    }

    /// Those of kind Secret, perhaps among others.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Manifest> {
        let among: &ManifestList = match &self.outline {
            Some(outline) => &outline.secrets,
            None => self.all(),
        };
        among.iter().filter(|manifest| is_secret(&manifest.object))
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.outline.as_ref().map_or_else(|| self.all().len(), |outline| outline.objects.len())
    }

    /// Which objects they are.
    pub(crate) fn keys(&self) -> impl Iterator<Item = ManifestKey<'_>> {
        let (outlined, held): (&[Outlined], &ManifestList) = match &self.outline {
            Some(outline) => (&outline.objects, <&ManifestList>::default()),
            None => (&[], self.all()),
        };
        outlined.iter().map(Outlined::key).chain(held.iter().map(ManifestKey::of))
    }

    /// Whether these are known to be the same as `other` without looking at each.
    pub(crate) fn are_same(&self, other: &Manifests) -> bool {
        match (&self.outline, &other.outline) {
            (Some(one), Some(other)) => one.digest == other.digest,
            (None, None) => self.all().shares(other.all()),
            _ => false,
        }
    }
}

impl Manifests {
    /// What tells them from others as long as they live, if they are held always.
    pub(crate) fn address(&self) -> Option<usize> {
        self.outline.is_none().then(|| self.all().address())
    }
}

impl fmt::Debug for Manifests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys()).finish()
    }
}

impl<'m> ManifestKey<'m> {
    pub(crate) fn of(manifest: &'m Manifest) -> Self {
        let [group, kind, namespace, name] = manifest.sort_key();
        ManifestKey { group, kind, namespace, name }
    }
}

impl Outlined {
    fn of(manifest: &Manifest) -> Self {
        let [group, kind, namespace, name] = manifest.sort_key().map(Text::from);
        Outlined { group, kind, namespace, name }
    }

    fn key(&self) -> ManifestKey<'_> {
        ManifestKey {
            group: self.group.as_str().unwrap_or_default(),
            kind: self.kind.as_str().unwrap_or_default(),
            namespace: self.namespace.as_str().unwrap_or_default(),
            name: self.name.as_str().unwrap_or_default(),
        }
    }
}

/// Whether an object is a Secret.
pub(crate) fn is_secret(object: &Value) -> bool {
    object.str_at(&["kind"]) == Some("Secret") && object.get("apiVersion").is_some()
}
