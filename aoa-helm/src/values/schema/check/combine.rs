//! Schemas that are made of others, and what they leave to be looked at.

use aoa_lang::Value;

use super::{Care, Checker, Done, Frame};

impl Checker<'_> {
    #[inline(never)]
    pub(super) fn combinations(&mut self, value: &Value, frame: &mut Frame<'_, '_>) -> Done {
        let at = frame.scope.schema;
        let schema = at.schema();
        if let Some(place) = schema.not
            && self.same_result(value, frame, at.other(place), "", Care::Fit)?.is_none()
        {
            self.add(frame, || "'not' failed".to_owned());
        }
        let mut failed = Vec::new();
        for place in &schema.all_of {
            let violation = self.same_result(value, frame, at.other(*place), "", frame.care)?;
            failed.extend(violation);
            if frame.care == Care::Fit && !failed.is_empty() {
                break;
            }
        }
        if !failed.is_empty() {
            self.add_because(frame, "'allOf' failed", failed);
        }
        if !schema.any_of.is_empty() {
            let (mut failed, mut matched) = (Vec::new(), false);
            for place in &schema.any_of {
                match self.same_result(value, frame, at.other(*place), "", frame.care)? {
                    Some(violation) => failed.push(violation),
                    None => {
                        matched = true;
                        // What is evaluated all of them say.
                        if frame.unevaluated.is_empty() {
                            break;
                        }
                    }
                }
            }
            if !matched {
                self.add_because(frame, "'anyOf' failed", failed);
            }
        }
        self.one_of(value, frame)
    }

    fn one_of(&mut self, value: &Value, frame: &mut Frame<'_, '_>) -> Done {
        let at = frame.scope.schema;
        let (mut failed, mut matched) = (Vec::new(), None);
        for (index, place) in at.schema().one_of.iter().enumerate() {
            let care = if matched.is_some() { Care::Fit } else { frame.care };
            match (self.same_result(value, frame, at.other(*place), "", care)?, matched) {
                (Some(violation), None) => failed.push(violation),
                (Some(_), Some(_)) => {}
                (None, None) => matched = Some(index),
                (None, Some(first)) => {
                    self.add(frame, || format!("'oneOf' failed, subschemas {first}, {index} matched"));
                    return Ok(());
                }
            }
        }
        if matched.is_none() && !at.schema().one_of.is_empty() {
            self.add_because(frame, "'oneOf' failed, none matched", failed);
        }
        Ok(())
    }

    #[inline(never)]
    pub(super) fn conditions(&mut self, value: &Value, frame: &mut Frame<'_, '_>) -> Done {
        let at = frame.scope.schema;
        let schema = at.schema();
        let Some(condition) = schema.condition else { return Ok(()) };
        let holds = self.same_result(value, frame, at.other(condition), "", Care::Fit)?.is_none();
        match if holds { schema.then } else { schema.otherwise } {
            Some(place) => self.same(value, frame, at.other(place), frame.care),
            None => Ok(()),
        }
    }

    #[inline(never)]
    pub(super) fn unevaluated(&mut self, value: &Value, frame: &mut Frame<'_, '_>) -> Done {
        let at = frame.scope.schema;
        let schema = at.schema();
        if let (Value::Map(map), Some(place)) = (value, schema.object.unevaluated) {
            for name in std::mem::take(&mut frame.unevaluated.properties) {
                if let Some(value) = map.get_bytes(name.as_bytes()) {
                    self.inner(value, &name.to_str_lossy(), frame, at.other(place))?;
                }
            }
        }
        if let (Value::List(list), Some(place)) = (value, schema.array.unevaluated) {
            for item in std::mem::take(&mut frame.unevaluated.items) {
                if let Some(value) = list.get(item) {
                    self.inner(value, &item.to_string(), frame, at.other(place))?;
                }
            }
        }
        Ok(())
    }

    #[inline(never)]
    pub(super) fn dynamic_references(&mut self, value: &Value, frame: &mut Frame<'_, '_>) -> Done {
        let at = frame.scope.schema;
        let schema = at.schema();
        if let Some(place) = schema.recursive_ref {
            let mut target = at.other(place);
            if target.schema().recursive_anchor {
                for scope in frame.scope.ways() {
                    let resource = scope.schema.other(scope.schema.schema().resource);
                    if resource.schema().recursive_anchor {
                        target = scope.schema;
                    }
                }
            }
            self.reference(value, frame, target, "$recursiveRef")?;
        }
        if let Some((place, anchor)) = &schema.dynamic_ref {
            let mut target = at.other(*place);
            if !anchor.is_empty() && target.schema().dynamic_anchor == *anchor {
                for scope in frame.scope.ways() {
                    let resource = scope.schema.other(scope.schema.schema().resource);
                    if let Some(place) = resource.schema().dynamic_anchors.get(anchor) {
                        target = scope.schema.other(*place);
                    }
                }
            }
            self.reference(value, frame, target, "$dynamicRef")?;
        }
        Ok(())
    }
}
