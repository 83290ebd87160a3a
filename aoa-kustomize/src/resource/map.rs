//! The resources of a build in their order, found by their names.

use aoa_lang::value::Text;

use super::annotations::{BEHAVIOR, BUILD, NEEDS_HASH};
use super::indices::Indices;
use super::{Id, Resource, Selector};
use crate::error::{Error, Result};

/// A list of resources, no two with the same id (`resWrangler`).
#[derive(Clone, Default)]
pub(crate) struct ResMap {
    list: Vec<Resource>,
    indices: Indices,
    /// Whether nothing may be left of some resource.
    has_gone: bool,
    /// Whether two may have the same id now.
    has_twins: bool,
    /// How often one of them was changed.
    changes: u64,
}

/// What a generator wants to be done with what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behavior {
    Unspecified,
    Create,
    Replace,
    Merge,
}

impl Behavior {
    pub(crate) fn read(text: &str) -> Self {
        match text {
            "replace" => Behavior::Replace,
            "merge" => Behavior::Merge,
            "create" => Behavior::Create,
            _ => Behavior::Unspecified,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Behavior::Replace => "replace",
            Behavior::Merge => "merge",
            Behavior::Create => "create",
            Behavior::Unspecified => "unspecified",
        }
    }
}

impl ResMap {
    pub(crate) fn new() -> Self {
        ResMap::default()
    }

    /// A list of resources.
    ///
    /// # Errors
    /// If two have the same id.
    pub(crate) fn of(list: Vec<Resource>) -> Result<Self> {
        let mut map = ResMap::new();
        map.append_all(list)?;
        Ok(map)
    }

    /// A list of resources whose ids were checked.
    pub(crate) fn of_checked(list: Vec<Resource>) -> Self {
        ResMap { list, has_gone: true, ..ResMap::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn list(&self) -> &[Resource] {
        &self.list
    }

    pub(crate) fn into_list(self) -> Vec<Resource> {
        self.list
    }

    /// All resources, for changes of any kind.
    pub(crate) fn list_mut(&mut self) -> &mut Vec<Resource> {
        self.indices.clear();
        (self.has_gone, self.has_twins) = (true, true);
        &mut self.list
    }

    /// All resources, for changes that leave all names and notes alone.
    pub(crate) fn bodies_mut(&mut self) -> &mut [Resource] {
        self.has_gone = true;
        self.indices.clear_meta();
        &mut self.list
    }

    /// Writes all notes, for those who look at annotations.
    ///
    /// # Errors
    /// If the metadata of a resource are no map.
    pub(crate) fn write_notes(&mut self) -> Result<()> {
        self.list.iter_mut().try_for_each(Resource::write_notes)
    }

    /// Changes one resource.
    pub(crate) fn change<T>(
        &mut self,
        at: usize,
        change: impl FnOnce(&mut Resource) -> Result<T>,
    ) -> Result<Option<T>> {
        let Some(resource) = self.list.get_mut(at) else { return Ok(None) };
        let before = self.indices.before(resource);
        let done = change(resource)?;
        self.changes = self.changes.saturating_add(1);
        self.has_gone |= resource.is_gone();
        let is_renamed = self.indices.follow(at, before, resource)?;
        if is_renamed && !self.has_twins && !resource.is_gone() {
            let id = resource.id().clone();
            self.has_twins = self.with_current_id(&id).len() > 1;
        }
        Ok(Some(done))
    }

    /// How often resources were changed one by one since this was asked last.
    pub(crate) fn take_changes(&mut self) -> u64 {
        std::mem::take(&mut self.changes)
    }

    /// Refuses two resources with the same id, as building the list anew does.
    ///
    /// # Errors
    /// If there are.
    pub(crate) fn check_ids(&mut self) -> Result<()> {
        if !self.has_twins {
            return Ok(());
        }
        for at in 0..self.list.len() {
            let Some(resource) = self.list.get(at).filter(|resource| !resource.is_gone()) else { continue };
            let id = resource.id().clone();
            if self.with_current_id(&id).first() != Some(&at) {
                return Err(registered_already(&id));
            }
        }
        self.has_twins = false;
        Ok(())
    }

    /// These resources and all that have the same present id as one of them.
    pub(crate) fn with_twins(&mut self, mut places: Vec<usize>) -> Vec<usize> {
        if self.has_twins {
            for at in 0..places.len() {
                let id =
                    places.get(at).and_then(|at| self.list.get(*at)).map(|resource| resource.id().clone());
                places.extend(id.map(|id| self.with_current_id(&id)).unwrap_or_default());
            }
            places.sort_unstable();
            places.dedup();
        }
        places
    }

    /// Appends resources (`AppendAll`).
    ///
    /// # Errors
    /// If one has the id of another.
    pub(crate) fn append_all(&mut self, list: Vec<Resource>) -> Result<()> {
        for resource in list {
            self.append(resource)?;
        }
        Ok(())
    }

    fn append(&mut self, mut resource: Resource) -> Result<()> {
        let names = resource.names().clone();
        let id = &names.current;
        if !self.with_current_id(id).is_empty() {
            return Err(registered_already(id));
        }
        self.has_gone |= resource.is_gone();
        self.indices.append(self.list.len(), &mut resource)?;
        self.list.push(resource);
        Ok(())
    }

    /// Takes in what a generator has made (`AbsorbAll`).
    ///
    /// # Errors
    /// If a resource is there that may not be, or is not there that must be.
    pub(crate) fn absorb_all(&mut self, list: Vec<Resource>) -> Result<()> {
        list.into_iter().try_for_each(|resource| self.absorb(resource))
    }

    fn absorb(&mut self, mut resource: Resource) -> Result<()> {
        let id = resource.id().clone();
        let behavior =
            Behavior::read(&resource.annotation(BEHAVIOR).map_or(Text::EMPTY, Clone::clone).to_str_lossy());
        match (self.with_any_id(&id).as_slice(), behavior) {
            ([], Behavior::Merge | Behavior::Replace) => {
                Err(Error::invalid(format!("id {id} does not exist; cannot merge or replace")))
            }
            ([], Behavior::Create | Behavior::Unspecified) => self.append(resource),
            ([at], Behavior::Merge | Behavior::Replace) => {
                let at = *at;
                let Some(old) = self.list.get_mut(at) else { return Ok(()) };
                let origin = old.annotation(super::annotations::ORIGIN).cloned();
                resource.copy_metadata_from(old)?;
                if behavior == Behavior::Merge {
                    resource.merge_data_from(old)?;
                    if let Some(origin) = origin {
                        resource.add_annotation(super::annotations::ORIGIN, origin)?;
                    }
                }
                if self.with_current_id(resource.id()).as_slice() != [at] {
                    return Err(Error::invalid("unexpected target index in replacement"));
                }
                self.change(at, |place| {
                    *place = resource;
                    Ok(())
                })?;
                Ok(())
            }
            ([_], Behavior::Create | Behavior::Unspecified) => Err(Error::invalid(format!(
                "id {id} exists; can not use behavior: '{}', behavior must be merge or replace",
                behavior.name()
            ))),
            (many, _) => Err(Error::invalid(format!(
                "found multiple objects ({}) that could accept merge of {id}",
                many.len()
            ))),
        }
    }

    /// The one resource that is or was called so (`GetById`).
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub(crate) fn by_id(&mut self, id: &Id) -> Result<usize> {
        let count = match self.with_any_id(id).as_slice() {
            [at] => return Ok(*at),
            [] => "no matches",
            _ => "multiple matches",
        };
        Err(Error::invalid(format!("{count} for Id {id}; failed to find unique target for patch {id}")))
    }

    /// The resources that are called so now.
    pub(crate) fn with_current_id(&mut self, id: &Id) -> Vec<usize> {
        let list = &self.list;
        let found = self.indices.with_current_id(list, id).iter().copied();
        found.filter(|at| list.get(*at).is_some_and(|resource| id.is_same(resource.id()))).collect()
    }

    /// The resources that are or were called so and are still there.
    pub(crate) fn with_any_id(&mut self, id: &Id) -> Vec<usize> {
        let list = &self.list;
        let is_called_so =
            |resource: &Resource| !resource.is_gone() && resource.names().all().any(|own| id.is_same(own));
        let found = self.indices.with_any_id(list, id).iter().copied();
        found.filter(|at| list.get(*at).is_some_and(is_called_so)).collect()
    }

    /// The resources that are or were called so, whatever their kind and namespace.
    pub(crate) fn with_any_name(&mut self, name: &Text) -> &[usize] {
        self.indices.with_any_name(&self.list, name)
    }

    /// What a selector may select, in order.
    pub(crate) fn candidates_of(&mut self, selector: &Selector) -> Vec<usize> {
        self.indices.candidates(&self.list, selector)
    }

    /// The resources that may be or have been called so, or be or have been of the kind; all if neither is known.
    pub(crate) fn candidates(&mut self, name: Option<&Text>, kind: Option<&Text>) -> Vec<usize> {
        match (name, kind) {
            (Some(name), _) => self.with_any_name(name).to_vec(),
            (None, Some(kind)) => self.indices.with_any_kind(&self.list, kind).to_vec(),
            (None, None) => (0..self.list.len()).collect(),
        }
    }

    /// What a selector selects of what is still there, in order.
    ///
    /// # Errors
    /// If its labels cannot be read.
    pub(crate) fn select(&mut self, selector: &Selector) -> Result<Vec<usize>> {
        if selector.looks_at_annotations() && !self.indices.has_annotations() {
            self.write_notes()?;
            self.indices.annotations(&self.list);
        }
        let candidates = self.candidates_of(selector);
        let mut selected = Vec::new();
        for at in candidates {
            let resource = self.list.get(at).filter(|resource| !resource.is_gone());
            if resource.map(|resource| selector.selects(resource)).transpose()? == Some(true) {
                selected.push(at);
            }
        }
        Ok(selected)
    }

    /// Drops resources of which nothing is left.
    pub(crate) fn drop_gone(&mut self) {
        if std::mem::take(&mut self.has_gone) && self.list.iter().any(Resource::is_gone) {
            self.list_mut().retain(|resource| !resource.is_gone());
            self.has_gone = false;
        }
    }
}

fn registered_already(id: &Id) -> Error {
    Error::invalid(format!("may not add resource with an already registered id: {id}"))
}

impl Resource {
    /// Takes name, namespace, labels, annotations and variables of `old`; own labels and annotations win, the notes are those of
    /// `old` (`CopyMergeMetaDataFieldsFrom`).
    pub(crate) fn copy_metadata_from(&mut self, old: &mut Resource) -> Result<()> {
        let mut labels = old.texts("labels")?;
        labels.extend(self.texts("labels")?);
        self.set_texts("labels", labels)?;
        let has_hash = self.annotation(NEEDS_HASH).is_some();
        let theirs = old.texts("annotations")?;
        let mut merged = theirs.clone();
        merged.extend(self.texts("annotations")?);
        merged.retain(|key, value| {
            let name = key.as_str().unwrap_or_default();
            if BUILD.contains(&name) {
                match theirs.get(key) {
                    Some(note) => value.clone_from(note),
                    None => return false,
                }
            }
            has_hash || name != NEEDS_HASH
        });
        self.set_texts("annotations", merged)?;
        let names = old.names().clone();
        self.set_name(names.current.name.clone())?;
        self.set_namespace(&names.current.namespace)?;
        self.variables.clone_from(&old.variables);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use aoa_lang::value::Value;
    use aoa_lang::yaml::Node;

    use super::super::Written;
    use super::*;

    fn resource(at: usize) -> Resource {
        let tier = if at.is_multiple_of(100) { "front" } else { "back" };
        let text = format!(
            "{{apiVersion: v1, kind: Kind{}, metadata: {{name: web-{at}-x, namespace: n{}, labels: {{app: a{at}, tier: {tier}}}, annotations: {{owner: o{at}}}}}}}",
            at % 50,
            at % 60,
        );
        Resource::new(Node::parse(&text).unwrap().unwrap(), &std::sync::Arc::default())
    }

    fn map(size: usize) -> ResMap {
        ResMap::of((0..size).map(resource).collect()).unwrap()
    }

    fn selector(parts: &[(&'static str, String)]) -> Selector {
        let parts = parts.iter().map(|(key, value)| (*key, Value::string(value.as_str())));
        Selector::new(Written::of(&Value::map(parts))).unwrap()
    }

    fn selectors(at: usize) -> Vec<Selector> {
        vec![
            selector(&[("name", format!("web-{at}-.*"))]),
            selector(&[("name", format!(".*-{at}-x")), ("kind", "Kind.*".into())]),
            selector(&[("name", format!("(api|web)-{at}-[a-z]")), ("labelSelector", "tier".into())]),
            selector(&[("kind", format!("Kind{}|Other{at}", at % 50)), ("namespace", "n.*".into())]),
            selector(&[("namespace", format!("n{}|other{at}", at % 60))]),
            selector(&[("annotationSelector", format!("owner=o{at}"))]),
            selector(&[("labelSelector", format!("app in (a{at},b{at}),tier"))]),
            selector(&[("labelSelector", format!("tier!=back,app!=c{at}"))]),
        ]
    }

    /// What selectors look at is what they select, whatever else is there.
    #[test]
    fn selectors_look_at_what_they_select() {
        let mut map = map(3_000);
        map.write_notes().unwrap();
        for at in 100..200 {
            for (number, selector) in selectors(at).iter().enumerate() {
                let selected = map.select(selector).unwrap().len();
                let looked_at = map.candidates_of(selector).len();
                assert!(selected > 0 && looked_at <= selected, "{number}: {looked_at} for {selected}");
            }
        }
    }

    /// Selecting by indices is selecting from all, while names, kinds, namespaces, labels and annotations change.
    #[test]
    fn indices_follow_changes() {
        let mut map = map(200);
        for round in 0..60 {
            for selector in selectors(round * 3 % 220) {
                let all: Vec<usize> =
                    (0..map.len()).filter(|at| selector.selects(&map.list()[*at]).unwrap()).collect();
                assert_eq!(map.select(&selector).unwrap(), all);
            }
            let text = format!(
                "{{apiVersion: v1, kind: Kind{}, metadata: {{name: web-{}-x, namespace: other{round}, labels: {{app: b{round}, app: a{}}}, annotations: {{owner: o{}}}}}}}",
                round % 7,
                round * 3 + 3,
                round * 3 + 3,
                round * 3 + 3,
            );
            map.change(round * 5 % 200, |resource| {
                resource.store_previous_id()?;
                resource.write_notes()?;
                *resource.root_mut() = Node::parse(&text).unwrap().unwrap().root().clone();
                Ok(())
            })
            .unwrap();
        }
    }
}
