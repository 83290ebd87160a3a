//! Rules for objects.

use aoa_lang::Value;
use aoa_lang::value::Map;

use super::super::compile::{Additional, Dependency};
use super::super::documents::Draft;
use super::super::number::grouped;
use super::super::violation::{Violation, all_in_quotes, in_quotes};
use super::{Checker, Done, Frame};

impl Checker<'_> {
    #[inline(never)]
    pub(super) fn object(
        &mut self,
        value: &Value,
        map: &Map,
        frame: &mut Frame<'_, '_>,
        draft: Draft,
    ) -> Done {
        let at = frame.scope.schema;
        let rules = &at.schema().object;
        let count = |n: usize| grouped(&n.to_string());
        if let Some(min) = rules.min.filter(|min| map.len() < *min) {
            self.add(frame, || format!("minProperties: got {}, want {}", count(map.len()), count(min)));
        }
        if let Some(max) = rules.max.filter(|max| map.len() > *max) {
            self.add(frame, || format!("maxProperties: got {}, want {}", count(map.len()), count(max)));
        }
        let missing = missing(map, &rules.required);
        match missing.as_slice() {
            [] => {}
            [one] => self.add(frame, || format!("missing property {}", in_quotes(one))),
            all => self.add(frame, || format!("missing properties {}", all_in_quotes(all.iter().copied()))),
        }
        if frame.is_decided() {
            return Ok(());
        }
        for (name, dependency) in rules.dependencies.iter().filter(|(name, _)| map.contains_key(name)) {
            match dependency {
                Dependency::Properties(asked) => self.required_by(map, name, asked, frame),
                Dependency::Schema(place) => self.same(value, frame, at.other(*place), frame.care)?,
            }
        }
        self.properties(map, frame)?;
        if let Some(names) = rules.names {
            for name in map.keys() {
                let name = Value::String(name.clone());
                if let Some(violation) = self.whole(at.other(names), &name, None)? {
                    let text =
                        format!("invalid propertyName {}", in_quotes(name.as_str().unwrap_or_default()));
                    let causes = violation.ungrouped().into_iter().flat_map(Violation::into_causes);
                    frame.violations.push(Violation::new(String::new(), text).because(causes.collect()));
                }
            }
        }
        if draft < Draft::Of2019 {
            return Ok(());
        }
        for (_, place) in rules.dependent_schemas.iter().filter(|(name, _)| map.contains_key(name)) {
            self.same(value, frame, at.other(*place), frame.care)?;
        }
        for (name, asked) in rules.dependent_required.iter().filter(|(name, _)| map.contains_key(name)) {
            self.required_by(map, name, asked, frame);
        }
        Ok(())
    }

    fn required_by(&mut self, map: &Map, name: &str, asked: &[String], frame: &mut Frame<'_, '_>) {
        let missing = missing(map, asked);
        if !missing.is_empty() {
            self.add(frame, || {
                let missing = all_in_quotes(missing.iter().copied());
                format!("properties {missing} required, if {} exists", in_quotes(name))
            });
        }
    }

    #[inline(never)]
    fn properties(&mut self, map: &Map, frame: &mut Frame<'_, '_>) -> Done {
        let at = frame.scope.schema;
        let rules = &at.schema().object;
        let mut refused = Vec::new();
        for (name, value) in map.iter() {
            if frame.is_decided() {
                return Ok(());
            }
            let key = name.to_str_lossy();
            let mut evaluated = false;
            if let Some(place) = rules.properties.get(&*key) {
                evaluated = true;
                self.inner(value, &key, frame, at.other(*place))?;
            }
            for (_, place) in rules.patterns.iter().filter(|(pattern, _)| pattern.is_match(name.as_bytes())) {
                evaluated = true;
                self.inner(value, &key, frame, at.other(*place))?;
            }
            if let (false, Some(additional)) = (evaluated, &rules.additional) {
                evaluated = true;
                match additional {
                    Additional::Allowed(true) => {}
                    Additional::Allowed(false) => refused.push(key.into_owned()),
                    Additional::Schema(place) => self.inner(value, &key, frame, at.other(*place))?,
                }
            }
            if evaluated {
                frame.unevaluated.properties.remove(name);
            }
        }
        if !refused.is_empty() {
            self.add(frame, || {
                let refused = all_in_quotes(refused.iter().map(String::as_str));
                format!("additional properties {refused} not allowed")
            });
        }
        Ok(())
    }
}

fn missing<'a>(map: &Map, asked: &'a [String]) -> Vec<&'a str> {
    asked.iter().map(String::as_str).filter(|name| !map.contains_key(name)).collect()
}
