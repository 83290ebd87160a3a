//! Rules for arrays.

use aoa_lang::value::List;

use super::super::compile::Additional;
use super::super::documents::Draft;
use super::super::number::grouped;
use super::equal::equal_items;
use super::{At, Checker, Done, Frame};

impl Checker<'_> {
    #[inline(never)]
    pub(super) fn array(&mut self, list: &List, frame: &mut Frame<'_, '_>, draft: Draft) -> Done {
        let at = frame.scope.schema;
        let rules = &at.schema().array;
        let count = |n: usize| grouped(&n.to_string());
        if let Some(min) = rules.min.filter(|min| list.len() < *min) {
            self.add(frame, || format!("minItems: got {}, want {}", count(list.len()), count(min)));
        }
        if let Some(max) = rules.max.filter(|max| list.len() > *max) {
            self.add(frame, || format!("maxItems: got {}, want {}", count(list.len()), count(max)));
        }
        if rules.unique
            && let Some((a, b)) = equal_items(list)?
        {
            self.add(frame, || format!("items at {} and {} are equal", count(a), count(b)));
        }
        for (item, (at_item, place)) in list.iter().zip(rules.first.iter().enumerate()) {
            self.inner(item, &at_item.to_string(), frame, at.other(*place))?;
        }
        let evaluated = rules.first.len().min(list.len());
        match &rules.rest {
            None | Some(Additional::Allowed(true)) => {}
            Some(Additional::Allowed(false)) => {
                let more = list.len() - evaluated;
                if more > 0 {
                    self.add(frame, || format!("last {} additionalItem(s) not allowed", count(more)));
                }
            }
            Some(Additional::Schema(place)) => {
                // Upstream counts from the first of these.
                for (at_item, item) in list.iter().skip(evaluated).enumerate() {
                    self.inner(item, &at_item.to_string(), frame, at.other(*place))?;
                }
            }
        }
        match rules.contains {
            Some(place) => self.contains(list, frame, at.other(place), draft),
            None => Ok(()),
        }
    }

    fn contains(&mut self, list: &List, frame: &mut Frame<'_, '_>, at: At<'_>, draft: Draft) -> Done {
        let (mut failed, mut matched) = (Vec::new(), Vec::new());
        for (place, item) in list.iter().enumerate() {
            match self.inner_result(item, &place.to_string(), frame, at)? {
                Some(violation) => failed.push(violation),
                None => {
                    matched.push(place);
                    if draft >= Draft::Of2020 {
                        frame.unevaluated.items.remove(&place);
                    }
                }
            }
        }
        let rules = &frame.scope.schema.schema().array;
        let (min, max) = (rules.min_contains, rules.max_contains);
        let count = |n: usize| grouped(&n.to_string());
        let places = || matched.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
        let wanted = "items required to match contains schema, but";
        let text = match min {
            Some(min) if matched.len() >= min => None,
            Some(min) if matched.is_empty() => Some(format!("min {} {wanted} none matched", count(min))),
            Some(min) => {
                let got = count(matched.len());
                Some(format!("min {} {wanted} matched {got} items at {}", count(min), places()))
            }
            None => matched.is_empty().then(|| "no items match contains schema".to_owned()),
        };
        if let Some(text) = text {
            let violation = self.violation(frame.care, || text).because(failed);
            frame.violations.push(violation);
        }
        if let Some(max) = max.filter(|max| matched.len() > *max) {
            let (want, got) = (count(max), count(matched.len()));
            self.add(frame, || format!("max {want} {wanted} matched {got} items at {}", places()));
        }
        Ok(())
    }
}
