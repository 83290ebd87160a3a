//! An ApplicationSet, compiled; and its run.

use std::collections::HashMap;
use std::sync::Arc;

use aoa_lang::template::{SharedBudget, TemplateOptions};
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Result, Value, typed};

use super::context::Context;
use super::crash::is_crash;
use super::dialect::Dialect;
use super::fill_template::fill_template;
use super::filling::{Filled, Filling, fill_one};
use super::generated::{App, Branch, Failure, FailureReason, GeneratedSet};
use super::params::{Element, Origin, ParamSets, Row, index, too_many};
use super::patch::{Patch, not_filled_in};
use super::patched::PatchedFilling;
use super::summary::{Part, Summary};
use super::transform::{Entry, Interpolation, argo_type};
use super::tree::{Tree, ValuesMaps};
use super::world::World;
use crate::model::Destination;

/// The finalizer that generated Applications get unless the set says otherwise.
const RESOURCES_FINALIZER: &str = "resources-finalizer.argocd.argoproj.io";

/// With how many templates a generator's own is compared before it is compiled.
const COMPARED_TREES: usize = 16;

/// A compiled ApplicationSet.
#[derive(Debug)]
pub struct ApplicationSet {
    name: Text,
    namespace: Text,
    project: Text,
    dialect: Dialect,
    generators: Vec<Value>,
    template: Value,
    /// The patch's one text.
    patch: Option<Tree>,
    preserves_resources: bool,
}

impl ApplicationSet {
    /// Compiles an ApplicationSet: data of that type, as [`typed::read`] gives it. `templates` are clock, seed and limits
    /// of Go templates.
    ///
    /// What is wrong with its templates shows when it generates, as upstream.
    #[must_use]
    pub fn new(set: &Value, templates: TemplateOptions) -> Self {
        let text = |path: &[&str]| Text::from(set.str_at(path).unwrap_or_default());
        let list = |path: &[&str]| match set.at(path) {
            Some(Value::List(list)) => list.as_slice(),
            _ => &[],
        };
        let dialect = Dialect::of(set, templates);
        let patch = match set.at(&["spec", "templatePatch"]) {
            Some(Value::String(text)) => Some(Tree::of_text(dialect.compile(text))),
            _ => None,
        };
        let preserves = set.at(&["spec", "syncPolicy", "preserveResourcesOnDeletion"]);
        ApplicationSet {
            name: text(&["metadata", "name"]),
            namespace: text(&["metadata", "namespace"]),
            project: text(&["spec", "template", "spec", "project"]),
            dialect,
            generators: list(&["spec", "generators"]).to_vec(),
            template: set.at(&["spec", "template"]).cloned().unwrap_or_default(),
            patch,
            preserves_resources: preserves.and_then(Value::as_bool) == Some(true),
        }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &Text {
        &self.name
    }

    /// The namespace, which is that of all its Applications.
    #[must_use]
    pub fn namespace(&self) -> &Text {
        &self.namespace
    }

    /// Runs the generators and fills in the template for every parameter set (`GenerateApplications` of Argo CD 3.5.7).
    ///
    /// Applications that come out beside a failure are there too; Argo CD then writes none of them.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use aoa_core::generate::ApplicationSet;
    /// use aoa_lang::{Value, typed, yaml};
    ///
    /// let text = b"
    /// metadata: {name: envs, namespace: argocd}
    /// spec:
    ///   generators: [{list: {elements: [{env: dev}, {env: prod}]}}]
    ///   template:
    ///     metadata: {name: 'web-{{env}}'}
    ///     spec: {project: default, destination: {name: '{{env}}'}}
    /// ";
    /// let of = typed::schema("argoproj.io/v1alpha1", "ApplicationSet").ok_or("no table")?;
    /// let set = typed::read(of, &yaml::load(text)?, typed::Mode::Kubernetes)?;
    /// let set = Arc::new(ApplicationSet::new(&set, Default::default()));
    /// let generated = set.generate(&aoa_core::generate::EmptyWorld::default());
    /// assert_eq!(generated.name(1), "web-prod");
    /// assert_eq!(generated.destination(1).unwrap().name, "prod");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn generate(self: &Arc<Self>, world: &dyn World) -> GeneratedSet {
        let mut run = Run {
            set: self,
            generated: GeneratedSet::new(self.clone()),
            destinations: HashMap::new(),
            trees: Vec::new(),
            crashed: false,
            kept: 0,
        };
        let (budget, limits) = (self.dialect.budget(), self.dialect.limits());
        budget.set(limits.shared_steps, limits.shared_output);
        let context = self.context(world);
        let most = world.settings().most_parameter_sets;
        for entry in &self.generators {
            let entry = Entry::of_set(entry);
            match entry.results(&context) {
                Err(error) => run.fail(FailureReason::Generator, error),
                Ok(results) => {
                    for (kind, sets) in results {
                        if run.generated.apps.len().saturating_add(sets.len()) > most {
                            run.fail(FailureReason::Generator, too_many());
                            continue;
                        }
                        let own = entry.generator(kind).and_then(|generator| generator.get("template"));
                        if let Err(error) = run.branch(own, sets) {
                            run.fail(FailureReason::Template, error);
                        }
                    }
                }
            }
        }
        // What was built once can be built again.
        budget.set(u64::MAX, u64::MAX);
        run.finish()
    }

    /// The Application for these parameters, by the set's own template and patch.
    ///
    /// # Errors
    ///
    /// A text cannot be filled in, or the patch does not fit: Argo CD's texts.
    pub fn application_for(&self, params: &Map) -> Result<Value> {
        let element = Element { params: params.clone(), origin: Origin::List { index: 0 } };
        let sets = ParamSets::of_elements(vec![element], self.dialect.is_go())?;
        let of = argo_type("ApplicationSetTemplate")?;
        let tree = Arc::new(Tree::compile(&self.template, of, &self.dialect, ValuesMaps::AsEverything)?);
        let branch = Branch { tree, template: self.template.clone(), sets };
        branch.sets.row(0).map_or(Ok(Value::Null), |row| self.application(&branch, &row))
    }

    fn context<'w>(&'w self, world: &'w dyn World) -> Context<'w> {
        Context {
            world,
            set: &self.name,
            namespace: &self.namespace,
            project: &self.project,
            dialect: &self.dialect,
        }
    }

    /// The template for a generator with this template of its own.
    fn template_for(&self, own: Option<&Value>) -> Result<Value> {
        let own = own.unwrap_or(&Value::Null);
        Ok(fill_template(own, &self.template, argo_type("ApplicationSetTemplate")?))
    }

    /// The whole Application of one row.
    pub(super) fn application(&self, branch: &Branch, row: &Row<'_>) -> Result<Value> {
        let template = if row.is_empty() {
            branch.template.clone()
        } else {
            let slots = branch.tree.slots();
            let mut params = if self.dialect.is_go() { row.combined()? } else { Map::new() };
            let filled = branch.tree.fill(&mut |at| match slots.get(at) {
                None => Ok(Text::EMPTY),
                Some(slot) => slot.judge(match slot.text.fill_from(row) {
                    Some(filled) => filled,
                    // What one text sets in the parameters the next one sees.
                    None => slot.text.fill_changing(&mut params),
                }),
            })?;
            self.finalized(filled)
        };
        let application = match self.patch.as_ref().and_then(|patch| patch.slots().first()) {
            None => template,
            Some(slot) => {
                let text = fill_one(&slot.text, row).map_err(not_filled_in)?;
                Patch::read(&text)?.apply(&template)?
            }
        };
        Ok(self.placed(application))
    }

    /// The Application that a template becomes once it is filled in, if there is no patch.
    pub(super) fn complete(&self, filled: Value) -> Value {
        self.placed(self.finalized(filled))
    }

    /// Applications live where their set lives, whatever template and patch say.
    pub(super) fn placed(&self, application: Value) -> Value {
        with_namespace(application, &self.namespace)
    }

    /// What its texts may cost.
    pub(super) fn budget(&self) -> &SharedBudget {
        self.dialect.budget()
    }

    /// Whether a patch is applied to each Application.
    pub(super) fn is_patched(&self) -> bool {
        self.patch.is_some()
    }

    pub(super) fn finalized(&self, filled: Value) -> Value {
        if self.preserves_resources { filled } else { with_finalizer(filled) }
    }
}

/// One run of a set.
struct Run<'s> {
    set: &'s Arc<ApplicationSet>,
    generated: GeneratedSet,
    destinations: HashMap<[Text; 3], u32>,
    /// Compiled templates; without overrides all generators share one.
    trees: Vec<(Value, Arc<Tree>)>,
    crashed: bool,
    /// How many bytes of texts are kept.
    kept: usize,
}

impl Run<'_> {
    fn fail(&mut self, reason: FailureReason, error: Error) {
        self.crashed |= is_crash(&error);
        self.generated.failure.get_or_insert(Failure { reason, error });
    }

    fn finish(mut self) -> GeneratedSet {
        if self.crashed {
            self.generated.apps.clear();
        }
        self.generated
    }

    /// The Applications of one generator's parameter sets.
    fn branch(&mut self, own: Option<&Value>, sets: ParamSets) -> Result<()> {
        let template = self.set.template_for(own)?;
        let tree = self.tree(&template)?;
        let number = index(self.generated.branches.len())?;
        let summary = Summary::of(&tree);
        let wanted = summary.slots();
        self.generated.apps.reserve(sets.len());
        let budget = self.set.dialect.budget();
        let mut filling = Filling::new(&tree, &sets, &wanted, budget);
        let mut patched =
            self.set.patch.as_ref().map(|patch| PatchedFilling::new(&tree, patch, &sets, budget));
        let branch = Branch { tree: tree.clone(), template, sets: sets.clone() };
        for (at, row) in sets.rows().enumerate() {
            let app = match &mut patched {
                _ if row.is_empty() => self.set.application(&branch, &row).and_then(|app| self.whole(&app)),
                Some(patched) => patched.application(self.set, &row).and_then(|app| self.whole(&app)),
                None => filling.row(&row, &wanted).and_then(|filled| self.app(&summary, &filled)),
            };
            match app {
                Ok((name, project, destination)) => {
                    let row = match self.keep(name.len().saturating_add(project.len())) {
                        Ok(()) => index(at)?,
                        Err(error) => {
                            self.fail(FailureReason::Template, error);
                            break;
                        }
                    };
                    self.generated.apps.push(App { name, project, destination, branch: number, row });
                }
                Err(error) => self.fail(FailureReason::Template, error),
            }
        }
        self.generated.branches.push(branch);
        Ok(())
    }

    fn tree(&mut self, template: &Value) -> Result<Arc<Tree>> {
        if let Some((_, tree)) =
            self.trees.iter().rev().take(COMPARED_TREES).find(|(known, _)| known == template)
        {
            return Ok(tree.clone());
        }
        let of = argo_type("ApplicationSetTemplate")?;
        let tree = Arc::new(Tree::compile(template, of, &self.set.dialect, ValuesMaps::AsEverything)?);
        self.trees.push((template.clone(), tree.clone()));
        Ok(tree)
    }

    fn app(&mut self, summary: &Summary, filled: &Filled) -> Result<(Text, Text, u32)> {
        let text = |part: &Part| match part {
            Part::Fixed(text) => text.clone(),
            Part::Slot(slot) => filled.get(*slot).cloned().unwrap_or_default(),
        };
        let destination = [text(&summary.server), text(&summary.namespace), text(&summary.cluster)];
        Ok((text(&summary.name), text(&summary.project), self.destination(destination)?))
    }

    /// What the summary says, taken from a whole Application.
    fn whole(&mut self, application: &Value) -> Result<(Text, Text, u32)> {
        let text = |path: &[&str]| Text::from(application.str_at(path).unwrap_or_default());
        let destination = ["server", "namespace", "name"].map(|part| text(&["spec", "destination", part]));
        Ok((text(&["metadata", "name"]), text(&["spec", "project"]), self.destination(destination)?))
    }

    /// Names of any length for any number of Applications would fill the memory.
    fn keep(&mut self, bytes: usize) -> Result<()> {
        self.kept = self.kept.saturating_add(bytes);
        let most = self.set.dialect.limits().output_bytes;
        if self.kept > most {
            return Err(Error::limit(format!("the names of the Applications are longer than {most} bytes")));
        }
        Ok(())
    }

    fn destination(&mut self, parts: [Text; 3]) -> Result<u32> {
        if let Some(known) = self.destinations.get(&parts) {
            return Ok(*known);
        }
        let number = index(self.generated.destinations.len())?;
        self.keep(parts.iter().map(Text::len).fold(0, usize::saturating_add))?;
        let [server, namespace, name] = &parts;
        self.generated.destinations.push(Destination {
            server: server.to_string(),
            namespace: namespace.to_string(),
            name: name.to_string(),
        });
        self.destinations.insert(parts, number);
        Ok(number)
    }
}

fn with_finalizer(application: Value) -> Value {
    let Value::Map(map) = application else { return application };
    let metadata = map.get("metadata").and_then(Value::as_map).cloned().unwrap_or_default();
    match metadata.get("finalizers") {
        Some(Value::List(finalizers)) if !finalizers.is_empty() => Value::Map(map),
        _ => {
            let finalizers = Value::list(vec![Value::from(RESOURCES_FINALIZER)]);
            Value::Map(map.with("metadata", Value::Map(metadata.with("finalizers", finalizers))))
        }
    }
}

fn with_namespace(application: Value, namespace: &Text) -> Value {
    let Value::Map(map) = application else { return application };
    let metadata = map.get("metadata").and_then(Value::as_map).cloned().unwrap_or_default();
    let metadata = if namespace.is_empty() {
        metadata.without("namespace")
    } else {
        metadata.with("namespace", Value::String(namespace.clone()))
    };
    Value::Map(map.with("metadata", Value::Map(metadata)))
}

/// The parameter sets of each generator in the first entry of a set's `generators`, its post-selector applied.
///
/// # Errors
///
/// The first error of a generator.
pub fn parameter_sets(set: &ApplicationSet, world: &dyn World) -> Result<Vec<Vec<Map>>> {
    let Some(entry) = set.generators.first() else { return Ok(Vec::new()) };
    let results = Entry::of_set(entry).results(&set.context(world))?;
    results.iter().map(|(_, sets)| sets.rows().map(|row| row.combined()).collect()).collect()
}

/// The templates of each generator in the first entry: its own, filled up from the set's.
///
/// # Errors
///
/// The first error of a generator.
pub fn merged_templates(set: &ApplicationSet, world: &dyn World) -> Result<Vec<Value>> {
    let Some(entry) = set.generators.first() else { return Ok(Vec::new()) };
    let entry = Entry::of_set(entry);
    let results = entry.results(&set.context(world))?;
    let own = |kind| entry.generator(kind).and_then(|generator| generator.get("template"));
    results.iter().map(|(kind, _)| set.template_for(own(*kind))).collect()
}

/// A generator entry (data of type `ApplicationSetGenerator`) as the second child of a matrix sees it, with the
/// parameters of the first one filled in.
///
/// # Errors
///
/// A text cannot be filled in: Argo CD's texts.
pub fn interpolate(generator: &Value, params: &Map, dialect: &Dialect) -> Result<Value> {
    if params.is_empty() {
        return Ok(generator.clone());
    }
    let filled = Interpolation::compile(generator, dialect)?.fill(params)?;
    typed::read(argo_type("ApplicationSetGenerator")?, &filled, typed::Mode::Json)
}
