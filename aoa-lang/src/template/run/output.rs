//! What a template prints.

use super::Run;
use crate::template::ast::NodeId;
use crate::template::fields::walk;
use crate::template::pointee::pointee;
use crate::template::program::{Index, Program, at};
use crate::{Error, Result, Value, fmt};

impl Run<'_, '_> {
    pub(super) fn write(&mut self, text: &[u8]) -> Result<()> {
        if text.len() > self.most.saturating_sub(self.out.len()) {
            return Err(Error::limit("the output of the template is too long"));
        }
        self.out.extend_from_slice(text);
        Ok(())
    }

    pub(super) fn print(&mut self, value: &Value) -> Result<()> {
        match value {
            Value::Null => self.write(b"<no value>"),
            Value::String(text) => self.write(text.as_bytes()),
            Value::Handle(_) => {
                let frozen = self.state.heap.freeze(value, self.state.options.limits.depth)?;
                fmt::append(self.out, &[frozen], self.most)
            }
            other => append(self.out, other, self.most),
        }
    }

    pub(super) fn print_path(&mut self, program: &Program, path: Index, node: NodeId) -> Result<()> {
        let fields = at(&program.paths, path).map_or(&[][..], Vec::as_slice);
        if let Ok((value, _)) = walk(&self.dot.value, self.dot.interface, fields) {
            // The usual case, without touching a reference count.
            match value {
                Value::String(text) => {
                    let text = text.as_bytes();
                    if text.len() > self.most.saturating_sub(self.out.len()) {
                        return Err(Error::limit("the output of the template is too long"));
                    }
                    self.out.extend_from_slice(text);
                    return Ok(());
                }
                Value::Null | Value::Handle(_) => {}
                other => return append(self.out, other, self.most),
            }
        }
        self.node = node;
        let slot = self.path(program, None, path)?;
        self.print(&slot.value)
    }
}

fn append(out: &mut Vec<u8>, value: &Value, most: usize) -> Result<()> {
    let pointee = pointee(value);
    fmt::append(out, std::slice::from_ref(pointee.as_ref().unwrap_or(value)), most)
}
