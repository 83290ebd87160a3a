//! What rules ask of Applications, worked out once for all that have the same outline.

use std::collections::HashMap;
use std::rc::Rc;

use aoa_lang::Value;
use aoa_lang::value::Text;

use crate::fleet::{App, Fleet, State};
use crate::generate::{MARK, OutlineId, Outlines, filled_text};
use crate::model::{SyncOptions, sources_of};
use crate::sync::{SYNC_OPTIONS_ANNOTATION, annotation_option, annotations};

/// An Application with what is asked of it.
pub(crate) struct AppFacts<'f> {
    pub(crate) app: App<'f>,
    /// The number of the cluster that it goes to, among those of the survey.
    pub(crate) cluster: Option<usize>,
    pub(crate) sources: Rc<[Source]>,
    pub(crate) shape: Rc<Shape>,
}

/// A source as it is written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    pub(crate) repo_url: Text,
    pub(crate) path: Text,
    pub(crate) chart: Text,
    pub(crate) target_revision: Text,
}

/// What an Application says besides its name, place and sources.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    /// Whether it has a list of sources.
    pub(crate) has_several_sources: bool,
    /// Whether it prunes by itself.
    pub(crate) prunes: bool,
    /// Whether it prunes even everything by itself.
    pub(crate) allows_empty: bool,
    pub(crate) options: SyncOptions,
    /// Whether what it holds is deleted with it.
    pub(crate) cascades: bool,
    /// The annotation `sync-wave`, as written.
    pub(crate) wave: Option<Text>,
    /// What its own annotation says of its being pruned.
    pub(crate) prune: Option<Text>,
    pub(crate) annotations: Vec<(Text, Text)>,
}

const CASCADE: &str = "resources-finalizer.argocd.argoproj.io";
pub(crate) const SYNC_WAVE: &str = "argocd.argoproj.io/sync-wave";

impl Shape {
    fn of(object: &Value) -> Self {
        let spec = object.get("spec").unwrap_or(&Value::Null);
        let automated = spec.at(&["syncPolicy", "automated"]).filter(|a| !a.is_null());
        let automated = automated.filter(|a| a.get("enabled") != Some(&Value::Bool(false)));
        let flag = |key: &str| automated.and_then(|a| a.get(key)) == Some(&Value::Bool(true));
        let finalizers = object.at(&["metadata", "finalizers"]).and_then(Value::as_list);
        let mut finalizers = finalizers.into_iter().flatten().filter_map(Value::as_str);
        let all = annotations(object);
        let all = all.into_iter().flat_map(|map| map.iter());
        Shape {
            has_several_sources: spec.get("sources").and_then(Value::as_list).is_some_and(|s| !s.is_empty()),
            prunes: flag("prune"),
            allows_empty: flag("allowEmpty"),
            options: SyncOptions::of_spec(spec),
            cascades: finalizers
                .any(|f| f == CASCADE || f.starts_with("resources-finalizer.argocd.argoproj.io/")),
            wave: object.str_at(&["metadata", "annotations", SYNC_WAVE]).map(Text::from),
            prune: annotation_option(object, SYNC_OPTIONS_ANNOTATION, "Prune").map(Text::from),
            annotations: all
                .filter_map(|(key, value)| Some((key.clone(), Text::from(value.as_str()?))))
                .collect(),
        }
    }

    /// Whether a text of a slot decides about something here.
    fn has_marks(&self) -> bool {
        let marked = |text: &Text| text.as_str().is_some_and(|t| t.contains(MARK));
        self.options.iter().any(|option| option.contains(MARK))
            || self.wave.as_ref().is_some_and(marked)
            || self.prune.as_ref().is_some_and(marked)
            || self.annotations.iter().any(|(key, value)| {
                marked(key)
                    || (key.as_str().is_some_and(|k| k.starts_with(super::waiver::PREFIX)) && marked(value))
            })
    }

    /// Whether it makes its namespace itself.
    pub(crate) fn creates_namespace(&self) -> bool {
        self.options.has("CreateNamespace=true")
    }
}

impl Source {
    fn all_of(object: &Value) -> Rc<[Source]> {
        let spec = object.get("spec").unwrap_or(&Value::Null);
        let text = |source: &Value, key: &str| source.str_at(&[key]).map(Text::from).unwrap_or_default();
        sources_of(spec)
            .iter()
            .map(|source| Source {
                repo_url: text(source, "repoURL"),
                path: text(source, "path"),
                chart: text(source, "chart"),
                target_revision: text(source, "targetRevision"),
            })
            .collect()
    }

    fn texts(&self) -> [&Text; 4] {
        [&self.repo_url, &self.path, &self.chart, &self.target_revision]
    }

    fn has_marks(&self) -> bool {
        self.texts().iter().any(|text| text.as_str().is_some_and(|t| t.contains(MARK)))
    }

    fn filled(&self, texts: &[Text]) -> Source {
        Source {
            repo_url: filled_text(&self.repo_url, texts),
            path: filled_text(&self.path, texts),
            chart: filled_text(&self.chart, texts),
            target_revision: filled_text(&self.target_revision, texts),
        }
    }
}

/// Works out facts, once for each outline.
pub(crate) struct FactReader<'f> {
    fleet: &'f Fleet,
    outlines: HashMap<u32, Outlines<'f>, foldhash::fast::FixedState>,
    known: HashMap<(u32, OutlineId), Option<Known>, foldhash::fast::FixedState>,
}

#[derive(Clone)]
struct Known {
    shape: Rc<Shape>,
    sources: Rc<[Source]>,
    has_marks: bool,
}

impl<'f> FactReader<'f> {
    pub(crate) fn new(fleet: &'f Fleet) -> Self {
        FactReader { fleet, outlines: HashMap::default(), known: HashMap::default() }
    }

    pub(crate) fn read(&mut self, app: App<'f>, cluster: Option<usize>) -> AppFacts<'f> {
        let (shape, sources) = self.by_outline(app).unwrap_or_else(|| {
            let object = app.application().map_or(Value::Null, |a| a.object.clone());
            (Rc::new(Shape::of(&object)), Source::all_of(&object))
        });
        AppFacts { app, cluster, sources, shape }
    }

    fn by_outline(&mut self, app: App<'f>) -> Option<(Rc<Shape>, Rc<[Source]>)> {
        let (generation, set, at) = app.generated()?;
        let outlines = self.outlines.entry(generation).or_insert_with(|| Outlines::new(set));
        let (id, texts) = outlines.texts(at)?;
        let known = self.known.entry((generation, id)).or_insert_with(|| {
            let object = outlines.object(&id)?;
            let (shape, sources) = (Shape::of(&object), Source::all_of(&object));
            let has_marks = sources.iter().any(Source::has_marks);
            (!shape.has_marks()).then(|| Known { shape: Rc::new(shape), sources, has_marks })
        });
        let known = known.as_ref()?;
        let sources = if known.has_marks {
            known.sources.iter().map(|source| source.filled(&texts)).collect()
        } else {
            known.sources.clone()
        };
        Some((known.shape.clone(), sources))
    }

    pub(crate) fn fleet(&self) -> &'f Fleet {
        self.fleet
    }
}

impl AppFacts<'_> {
    /// Whether all that it contains is known.
    pub(crate) fn is_rendered(&self) -> bool {
        self.app.content().is_some_and(|content| content.state == State::Rendered)
    }
}
