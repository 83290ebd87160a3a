//! `{{range}}`.

use super::{Loop, Run};
use crate::template::iterate::iterate;
use crate::template::program::{Index, Program, RangeSpec, Slot, at};
use crate::{Result, fmt};

impl Run<'_, '_> {
    pub(super) fn range(
        &mut self,
        program: &Program,
        spec: Index,
        otherwise: Index,
    ) -> Result<Option<Index>> {
        let slot = self.pop();
        let spec = at(&program.ranges, spec).copied().unwrap_or_default();
        let iteration = match iterate(&mut self.state.heap, &slot.value, spec.second.is_some()) {
            Ok(Some(iteration)) => iteration,
            Ok(None) => return Ok(Some(otherwise)),
            Err(before) => {
                let frozen = self.state.heap.freeze(&slot.value, self.state.options.limits.depth)?;
                return self.fail(&before.replace("{}", &fmt::display(&frozen)));
            }
        };
        self.loops.push(Loop {
            iteration,
            marks: self.marks.len(),
            dots: self.dots.len(),
            variables: self.variables.len(),
        });
        self.dots.push(self.dot.clone());
        Ok(None)
    }

    pub(super) fn next(&mut self, program: &Program, spec: Index, end: Index) -> Result<Option<Index>> {
        let Some(current) = self.loops.last_mut() else { return Ok(Some(end)) };
        let (marks, dots, variables) = (current.marks, current.dots, current.variables);
        self.marks.truncate(marks);
        self.dots.truncate(dots + 1);
        self.variables.truncate(variables);
        let Some((key, element)) = current.iteration.next(&mut self.state.heap) else {
            self.end_loop();
            return Ok(Some(end));
        };
        let spec = at(&program.ranges, spec).copied().unwrap_or_default();
        self.set_range_variables(spec, key, &element)?;
        self.dot = element;
        Ok(None)
    }

    fn set_range_variables(&mut self, spec: RangeSpec, key: Slot, element: &Slot) -> Result<()> {
        let Some(first) = spec.first else { return Ok(()) };
        if spec.assigns {
            match spec.second {
                Some(second) => {
                    self.assign(first, key)?;
                    self.assign(second, element.clone())?;
                }
                None => self.assign(first, element.clone())?,
            }
            return Ok(());
        }
        let top = self.variables.len();
        let mut set = |below: usize, slot: Slot| {
            if let Some(place) = top.checked_sub(below).and_then(|at| self.variables.get_mut(at)) {
                place.1 = slot;
            }
        };
        set(1, element.clone());
        if spec.second.is_some() {
            set(2, key);
        }
        Ok(())
    }

    pub(super) fn end_loop(&mut self) {
        if let Some(ended) = self.loops.pop() {
            self.marks.truncate(ended.marks);
            self.dots.truncate(ended.dots + 1);
            self.dot = self.dots.pop().unwrap_or_default();
        }
    }
}
