//! The parts of generated Applications, without building them.
//!
//! The Applications of an ApplicationSet differ in the texts that parameters are filled into. One of them is written out
//! with a mark in place of each such text; what stands between the marks is copied for all the others.

use std::collections::HashMap;

use aoa_lang::json::{self, Html};
use aoa_lang::value::Text;
use aoa_lang::{Error, Result, Value};

use super::app::{Body, Part, WriteParts};
use super::redact::Redactor;
use crate::fleet::{App, Switches};
use crate::generate::{MARK, OutlineId, Outlines};

/// The parts of the Applications of all sets.
#[derive(Default)]
pub(super) struct Bodies<'f> {
    /// By number of the generation.
    sets: HashMap<u32, SetBodies<'f>>,
}

struct SetBodies<'f> {
    outlines: Outlines<'f>,
    /// `None`: an outline that cannot stand for others.
    written: HashMap<OutlineId, Option<WrittenOutline>>,
}

/// An Application's parts, filled in.
pub(super) struct Filled<'b> {
    outline: &'b WrittenOutline,
    texts: Vec<Text>,
}

impl<'f> Bodies<'f> {
    /// The parts of `app`; `None` where the whole object must be built.
    pub(super) fn of(&mut self, app: App<'f>, redactor: &Redactor) -> Option<Filled<'_>> {
        let (generation, set, index) = app.generated()?;
        let set = self
            .sets
            .entry(generation)
            .or_insert_with(|| SetBodies { outlines: Outlines::new(set), written: HashMap::new() });
        let (id, texts) = set.outlines.texts(index)?;
        let outlines = &set.outlines;
        let written = set
            .written
            .entry(id)
            .or_insert_with(|| WrittenOutline::new(outlines.object(&id)?, redactor, texts.len()));
        written.as_ref().map(|outline| Filled { outline, texts })
    }
}

impl WriteParts for Filled<'_> {
    fn has(&self, part: Part) -> bool {
        self.outline.part(part).is_some()
    }

    fn switches(&self) -> Option<Switches> {
        Some(self.outline.switches.clone())
    }

    fn write(&self, part: Part, out: &mut String, redactor: &Redactor) -> Result<()> {
        let Some(pieces) = self.outline.part(part) else { return Ok(()) };
        out.push_str(&pieces.first);
        for (slot, behind) in &pieces.rest {
            let text = self.texts.get(*slot).and_then(Text::as_str).unwrap_or_default();
            json::write_text(out, redactor.redacted_text(text).as_bytes(), Html::Plain);
            out.push_str(behind);
        }
        Ok(())
    }
}

/// The parts of an outline as JSON.
struct WrittenOutline {
    parts: Vec<(Part, Pieces)>,
    switches: Switches,
}

/// JSON with texts left out.
struct Pieces {
    first: String,
    /// The slot of each text, and what stands behind it.
    rest: Vec<(usize, String)>,
}

impl WrittenOutline {
    /// `None` if what stands in the `slots` decides more than the texts themselves.
    fn new(object: Value, redactor: &Redactor, slots: usize) -> Option<Self> {
        let switches = Switches::of(&object);
        if redactor.mentions(MARK) || !switches.hold_whatever(MARK, &object) {
            return None;
        }
        let body = Body::of_object(object);
        let mut parts = Vec::new();
        for part in [Part::Annotations, Part::Finalizers, Part::Labels, Part::Sources, Part::Spec] {
            if body.has(part) {
                let mut json = String::new();
                body.write(part, &mut json, redactor).ok()?;
                parts.push((part, Pieces::cut(&json, slots).ok()?));
            }
        }
        Some(WrittenOutline { parts, switches })
    }

    fn part(&self, part: Part) -> Option<&Pieces> {
        self.parts.iter().find(|(known, _)| *known == part).map(|(_, pieces)| pieces)
    }
}

impl Pieces {
    /// Cuts `json` at the marked texts, their quotes included.
    fn cut(json: &str, slots: usize) -> Result<Pieces> {
        let refused = || Error::invalid("the outline depends on what is filled in");
        let mut parts = json.split(MARK);
        let mut pieces = Pieces { first: parts.next().unwrap_or_default().to_owned(), rest: Vec::new() };
        while let Some(slot) = parts.next() {
            let slot: usize = slot.parse().map_err(|_| refused())?;
            let before = pieces.rest.last_mut().map_or(&mut pieces.first, |(_, behind)| behind);
            let behind = parts.next().and_then(|behind| behind.strip_prefix('"')).ok_or_else(refused)?;
            // Where keys are filled in their order is not known; what is hidden of a Secret depends on its kind.
            if slot >= slots
                || before.pop() != Some('"')
                || before.ends_with("\"kind\":")
                || behind.starts_with(':')
            {
                return Err(refused());
            }
            pieces.rest.push((slot, behind.to_owned()));
        }
        Ok(pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_cut_at_marks() {
        let pieces =
            Pieces::cut("{\"a\":\"\u{10FFFE}1\u{10FFFE}\",\"b\":[\"\u{10FFFE}0\u{10FFFE}\"]}", 2).unwrap();
        assert_eq!(pieces.first, "{\"a\":");
        assert_eq!(pieces.rest, [(1, ",\"b\":[".to_owned()), (0, "]}".to_owned())]);
    }

    #[test]
    fn keys_and_kinds_refuse() {
        for json in [
            "{\"\u{10FFFE}0\u{10FFFE}\":1}",
            "{\"kind\":\"\u{10FFFE}0\u{10FFFE}\"}",
            "[\"a\u{10FFFE}0\u{10FFFE}\"]",
            "[\"\u{10FFFE}7\u{10FFFE}\"]",
            "[\"\u{10FFFE}0\"]",
        ] {
            assert!(Pieces::cut(json, 1).is_err(), "{json}");
        }
    }
}
