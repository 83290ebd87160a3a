//! `reduce` and `foreach`.

use crate::Result;

use super::super::ast::{Fold, Query};
use super::super::op::{Op, Place};
use super::Compiler;

impl Compiler {
    pub(super) fn reduce(&mut self, fold: &Fold) -> Result<()> {
        self.block(|compiler| {
            let state = compiler.start(fold)?;
            let fork = compiler.emit(Op::Fork(0));
            compiler.each(fold, state)?;
            compiler.emit(Op::Store(state));
            compiler.emit(Op::Backtrack);
            compiler.land(fork);
            compiler.emit(Op::Pop);
            compiler.emit(Op::Load(state));
            Ok(())
        })
    }

    pub(super) fn foreach(&mut self, fold: &Fold, extract: Option<&Query>) -> Result<()> {
        self.block(|compiler| {
            let state = compiler.start(fold)?;
            compiler.each(fold, state)?;
            compiler.emit(Op::Duplicate);
            compiler.emit(Op::Store(state));
            match extract {
                Some(extract) => compiler.block(|compiler| compiler.query(extract)),
                None => Ok(()),
            }
        })
    }

    fn start(&mut self, fold: &Fold) -> Result<Place> {
        self.emit(Op::Duplicate);
        let state = self.fresh();
        self.block(|compiler| compiler.query(&fold.start))?;
        self.emit(Op::Store(state));
        Ok(state)
    }

    fn each(&mut self, fold: &Fold, state: Place) -> Result<()> {
        self.query(&fold.source)?;
        self.pattern(&fold.pattern, &mut Vec::new())?;
        self.emit(Op::Load(state));
        self.block(|compiler| compiler.query(&fold.update))
    }
}
