//! Where a finding points at: not only the document of an object, but the line of the field that it is about.

use aoa_lang::yaml::Step;

use crate::finding::Place;
use crate::load::Locator;

/// A part of an object in a document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Spot {
    /// The beginning of the document.
    document: Place,
    part: Part,
    holder: Holder,
}

/// Whether the object is the document itself, or comes from the template of an ApplicationSet that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Holder {
    Itself,
    Template,
}

/// A part of an Application or ApplicationSet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// All of it.
    Object,
    Name,
    Spec,
    Project,
    Destination,
    /// A field of the only source.
    Source(&'static str),
    /// A field of one of several.
    SourceNumber(usize, &'static str),
    Generators,
    Template,
}

impl Part {
    fn steps(self) -> Vec<Step<'static>> {
        let keys: &[&'static str] = match self {
            Part::Object => &[],
            Part::Name => &["metadata", "name"],
            Part::Spec => &["spec"],
            Part::Project => &["spec", "project"],
            Part::Destination => &["spec", "destination"],
            Part::Source(_) => &["spec", "source"],
            Part::SourceNumber(..) => &["spec", "sources"],
            Part::Generators => &["spec", "generators"],
            Part::Template => &["spec", "template"],
        };
        let mut steps: Vec<Step<'static>> = keys.iter().map(|key| Step::Key(key)).collect();
        if let Part::SourceNumber(at, _) = self {
            steps.push(Step::Index(at));
        }
        if let Part::Source(field) | Part::SourceNumber(_, field) = self {
            steps.push(Step::Key(field));
        }
        steps
    }
}

impl Spot {
    pub(super) fn new(document: Place, part: Part, holder: Holder) -> Self {
        Spot { document, part, holder }
    }

    /// Something of the object that is the document itself.
    pub(super) fn of(document: Place, part: Part) -> Self {
        Spot::new(document, part, Holder::Itself)
    }
}

/// The line of `spot`; of the nearest part around it that is written out, where it is not.
pub(super) fn locate(locator: &mut Locator<'_>, spot: &Spot) -> Place {
    let mut steps = match spot.holder {
        Holder::Itself => Vec::new(),
        Holder::Template => vec![Step::Key("spec"), Step::Key("template")],
    };
    steps.extend(spot.part.steps());
    locator.locate(&spot.document, &steps)
}
