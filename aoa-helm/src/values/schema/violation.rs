//! What does not fit, and where: a tree, printed as upstream prints it (output.go and kind/kind.go).

use super::address::quoted;

/// Something that does not fit.
#[derive(Debug)]
pub(super) struct Violation {
    /// The pointer to the value.
    at: String,
    text: String,
    kind: Kind,
    causes: Vec<Violation>,
}

/// How a violation is put into that of what is around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    /// Several ones of one schema.
    Group,
    /// Those of the schema that a reference names; a single one takes its place.
    Reference,
}

impl Violation {
    pub(super) fn new(at: String, text: impl Into<String>) -> Violation {
        Violation { at, text: text.into(), kind: Kind::Plain, causes: Vec::new() }
    }

    /// The same because of these.
    pub(super) fn because(mut self, causes: Vec<Violation>) -> Violation {
        self.causes = causes;
        self
    }

    pub(super) fn group(at: String, causes: Vec<Violation>) -> Violation {
        Violation { at, text: FAILED.to_owned(), kind: Kind::Group, causes }
    }

    pub(super) fn reference(at: String, cause: Violation) -> Violation {
        Violation { at, text: FAILED.to_owned(), kind: Kind::Reference, causes: cause.ungrouped() }
    }

    /// The violations that a group is made of.
    pub(super) fn ungrouped(self) -> Vec<Violation> {
        match self.kind {
            Kind::Group => self.causes,
            _ => vec![self],
        }
    }

    /// What this one is made of.
    pub(super) fn into_causes(self) -> Vec<Violation> {
        self.causes
    }

    /// The causes, a line for each, sorted at each depth.
    pub(super) fn causes_text(&self) -> String {
        let mut lines = Vec::new();
        for cause in sorted(&self.causes) {
            cause.write(0, &mut lines);
        }
        lines.join("\n")
    }

    /// Violations lie within each other no deeper than checking goes.
    fn write(&self, depth: usize, lines: &mut Vec<String>) {
        let hidden = self.kind == Kind::Reference && self.causes.len() == 1;
        if !hidden {
            let space = "  ".repeat(depth);
            lines.push(format!("{space}- at {}: {}", in_quotes(&self.at), self.text));
        }
        for cause in sorted(&self.causes) {
            cause.write(depth + usize::from(!hidden), lines);
        }
    }

    fn head(&self) -> String {
        let mut shown = self;
        while let (Kind::Reference, [only]) = (shown.kind, shown.causes.as_slice()) {
            shown = only;
        }
        format!("- at {}: {}", in_quotes(&shown.at), shown.text)
    }
}

const FAILED: &str = "validation failed";

fn sorted(causes: &[Violation]) -> Vec<&Violation> {
    let mut keyed: Vec<(String, &Violation)> = causes.iter().map(|cause| (cause.head(), cause)).collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    keyed.into_iter().map(|(_, cause)| cause).collect()
}

/// In single quotes.
pub(super) fn in_quotes(text: &str) -> String {
    let text = quoted(text).replace("\\\"", "\"").replace('\'', "\\'");
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(&text);
    format!("'{inner}'")
}

/// Several in single quotes.
pub(super) fn all_in_quotes<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(in_quotes).collect();
    texts.join(", ")
}
