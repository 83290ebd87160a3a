//! One argument for one verb: Go's `printArg` and `printValue`.
//!
//! Lists and maps of any depth are printed with a list of what is still to do instead of recursion.

use super::number::Integer;
use super::state::{Printed, Printer, TooLong};
use crate::Value;
use crate::value::{FloatKind, GoType, List, Map, Object, Structure};

/// The address that `%p` prints of all that has one: Go's differ from run to run.
const ADDRESS: u64 = 0x00c0_0001_2000;

/// What is still to be printed.
enum Work {
    Text(&'static str),
    Value(Place, Value),
    List(List, usize),
    Map(Map, usize),
    Pairs {
        element: Place,
        key: Place,
        entries: Vec<(Value, Value)>,
        at: usize,
    },
    Fields(Vec<(&'static str, Value)>, usize),
    /// The end of a value that a wrong verb printed with `%v`.
    EndOfBadVerb(char),
}

/// Where a value stands, which decides how nil prints.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// An argument.
    Argument,
    /// Inside of a list, map or struct, in a place of type `interface {}`.
    Interface,
    /// Inside, in a place of another type.
    Typed,
}

impl Place {
    fn of(element: GoType) -> Place {
        if element == GoType::Any { Place::Interface } else { Place::Typed }
    }
}

impl Printer<'_> {
    /// Prints one argument.
    pub(super) fn arg(&mut self, arg: &Value, verb: char) -> Printed {
        match (arg, verb) {
            // What templates print most.
            (Value::String(text), 'v' | 's') if !self.flags.sharp_v => return self.string(text.as_bytes()),
            (Value::Null, 'T' | 'v') => return self.padded(b"<nil>"),
            (Value::Null, _) => return self.text(format!("%!{verb}(<nil>)").as_bytes()),
            (_, 'T') => return self.string(arg.type_name().as_bytes()),
            (_, 'p') => return self.pointer(arg),
            _ => {}
        }
        let mut printing =
            Printing { work: vec![Work::Value(Place::Argument, arg.clone())], raw: false, verb };
        while let Some(work) = printing.work.pop() {
            self.step(&mut printing, work)?;
        }
        Ok(())
    }

    fn step(&mut self, printing: &mut Printing, work: Work) -> Printed {
        match work {
            Work::Text(text) => self.text(text.as_bytes()),
            Work::Value(place, value) => self.value(printing, place, value),
            Work::List(list, at) => {
                let Some(item) = list.get(at).cloned() else { return self.close(']') };
                self.separate(at)?;
                let place = Place::of(list.kind().element());
                printing.work.push(Work::List(list, at + 1));
                printing.work.push(Work::Value(place, item));
                Ok(())
            }
            Work::Map(map, at) => {
                let Some((key, value)) = map.as_slice().get(at).cloned() else { return self.close(']') };
                self.separate(at)?;
                let place = Place::of(map.kind().element());
                printing.work.push(Work::Map(map, at + 1));
                printing.work.push(Work::Value(place, value));
                printing.work.push(Work::Text(":"));
                printing.work.push(Work::Value(Place::Typed, Value::String(key)));
                Ok(())
            }
            Work::Pairs { element, key, entries, at } => {
                let Some((k, v)) = entries.get(at).cloned() else { return self.close(']') };
                self.separate(at)?;
                printing.work.push(Work::Pairs { element, key, entries, at: at + 1 });
                printing.work.push(Work::Value(element, v));
                printing.work.push(Work::Text(":"));
                printing.work.push(Work::Value(key, k));
                Ok(())
            }
            Work::Fields(fields, at) => {
                let Some((name, value)) = fields.get(at).cloned() else { return self.text(b"}") };
                self.separate(at)?;
                if self.flags.plus_v || self.flags.sharp_v {
                    self.text(name.as_bytes())?;
                    self.text(b":")?;
                }
                printing.work.push(Work::Fields(fields, at + 1));
                printing.work.push(Work::Value(Place::Typed, value));
                Ok(())
            }
            Work::EndOfBadVerb(verb) => {
                printing.raw = false;
                printing.verb = verb;
                self.text(b")")
            }
        }
    }

    /// `, ` or a space before all but the first.
    fn separate(&mut self, at: usize) -> Printed {
        match (at, self.flags.sharp_v) {
            (0, _) => Ok(()),
            (_, true) => self.text(b", "),
            (_, false) => self.text(b" "),
        }
    }

    fn close(&mut self, bracket: char) -> Printed {
        self.text(if self.flags.sharp_v { "}".to_owned() } else { bracket.to_string() }.as_bytes())
    }

    fn value(&mut self, printing: &mut Printing, place: Place, value: Value) -> Printed {
        let verb = printing.verb;
        if verb == 'w' && !is_simple(&value) {
            // Only errors may be wrapped.
            printing.verb = 'v';
            printing.raw = true;
            self.text(format!("%!w({}=", value.type_name()).as_bytes())?;
            printing.work.push(Work::EndOfBadVerb('w'));
            return self.value(printing, place, value);
        }
        let fits = match &value {
            Value::Null => {
                let text = match place {
                    Place::Interface if self.flags.sharp_v => "interface {}(nil)".to_owned(),
                    Place::Interface | Place::Argument => "<nil>".to_owned(),
                    // A nil pointer.
                    Place::Typed => return self.padded(b"<nil>"),
                };
                return self.text(text.as_bytes());
            }
            Value::Bool(b) => match verb {
                't' | 'v' => {
                    self.padded(if *b { b"true" } else { b"false" })?;
                    true
                }
                _ => false,
            },
            Value::Int(_, n) => {
                self.integer(Integer { magnitude: n.unsigned_abs(), negative: *n < 0, signed: true }, verb)?
            }
            Value::Uint(_, n) => {
                self.integer(Integer { magnitude: *n, negative: false, signed: false }, verb)?
            }
            Value::Float(kind, n) => {
                self.float(*n, if *kind == FloatKind::Float32 { 32 } else { 64 }, verb)?
            }
            Value::Number(text) => self.string_verb(text.as_bytes(), verb)?,
            Value::String(text) => self.string_verb(text.as_bytes(), verb)?,
            Value::List(list) => return self.open_list(printing, place, list),
            Value::Map(map) => return self.open_map(printing, map),
            Value::Object(object) => return self.object(printing, place, &value, &**object),
            // The engine freezes what it prints.
            Value::Handle(_) => true,
        };
        if fits { Ok(()) } else { self.bad_verb(&value, verb) }
    }

    fn string_verb(&mut self, text: &[u8], verb: char) -> Result<bool, TooLong> {
        match verb {
            'v' if self.flags.sharp_v => self.quoted(text)?,
            'v' | 's' => self.string(text)?,
            'x' => self.hex_string(text, false)?,
            'X' => self.hex_string(text, true)?,
            'q' => self.quoted(text)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// `%!d(string=hi)`: the value as `%v`, with the flags as they are.
    fn bad_verb(&mut self, value: &Value, verb: char) -> Printed {
        self.text(format!("%!{verb}({}=", value.type_name()).as_bytes())?;
        match value {
            // Not through `arg`: it would look for wrong verbs again.
            Value::Object(object) => match object.structure() {
                Structure::Complex(re, im) => self.complex((re, im), 'v').map(|_| ())?,
                _ => self.string(object.text().as_bytes())?,
            },
            other => self.arg(other, 'v')?,
        }
        self.text(b")")
    }

    fn open_list(&mut self, printing: &mut Printing, place: Place, list: &List) -> Printed {
        use crate::value::ListKind;
        if list.kind() == ListKind::Byte {
            match printing.verb {
                's' => return self.string(&list.to_bytes()),
                'q' => return self.quoted(&list.to_bytes()),
                'x' => return self.hex_string(&list.to_bytes(), false),
                'X' => return self.hex_string(&list.to_bytes(), true),
                _ => {}
            }
        }
        if self.flags.sharp_v {
            let bytes = list.kind() == ListKind::Byte && place == Place::Argument;
            self.text(if bytes { "[]byte" } else { list.kind().name() }.as_bytes())?;
            if list.is_nil() {
                return self.text(b"(nil)");
            }
            self.text(b"{")?;
        } else {
            self.text(b"[")?;
        }
        printing.work.push(Work::List(list.clone(), 0));
        Ok(())
    }

    fn open_map(&mut self, printing: &mut Printing, map: &Map) -> Printed {
        if self.flags.sharp_v {
            self.text(map.kind().name().as_bytes())?;
            if map.is_nil() {
                return self.text(b"(nil)");
            }
            self.text(b"{")?;
        } else {
            self.text(b"map[")?;
        }
        printing.work.push(Work::Map(map.clone(), 0));
        Ok(())
    }

    fn object(
        &mut self,
        printing: &mut Printing,
        place: Place,
        value: &Value,
        object: &dyn Object,
    ) -> Printed {
        let verb = printing.verb;
        if !printing.raw && object.is_stringer() {
            if self.flags.sharp_v {
                if let Some(text) = object.go_syntax() {
                    return self.string(text.as_bytes());
                }
            } else if matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') {
                return self.string_verb(object.text().as_bytes(), verb).map(|_| ());
            }
        }
        match object.structure() {
            Structure::Complex(re, im) => {
                if !self.complex((re, im), verb)? {
                    return self.bad_verb(value, verb);
                }
                Ok(())
            }
            Structure::Scalar(value) => {
                printing.work.push(Work::Value(place, value));
                Ok(())
            }
            Structure::Map { key, element, entries } => {
                let open = if self.flags.sharp_v { object.type_name() } else { "map" };
                self.text(open.as_bytes())?;
                self.text(if self.flags.sharp_v { b"{" } else { b"[" })?;
                printing.work.push(Work::Pairs {
                    element: Place::of(element),
                    key: Place::of(key),
                    entries,
                    at: 0,
                });
                Ok(())
            }
            Structure::Struct(fields) => {
                let pointer = object.type_name().starts_with('*');
                if pointer && place != Place::Argument {
                    // Go prints the address of pointers that are inside, to avoid loops.
                    return self.hex_with_prefix(ADDRESS, !self.flags.sharp);
                }
                if pointer {
                    self.text(b"&")?;
                }
                if self.flags.sharp_v {
                    self.text(object.type_name().trim_start_matches('*').as_bytes())?;
                }
                self.text(b"{")?;
                printing.work.push(Work::Fields(fields, 0));
                Ok(())
            }
        }
    }

    fn pointer(&mut self, arg: &Value) -> Printed {
        let address = match arg {
            Value::List(list) if list.is_nil() => 0,
            Value::Map(map) if map.is_nil() => 0,
            Value::List(_) | Value::Map(_) => ADDRESS,
            Value::Object(object) if object.type_name().starts_with('*') => ADDRESS,
            other => return self.bad_verb(other, 'p'),
        };
        self.hex_with_prefix(address, !self.flags.sharp)
    }
}

struct Printing {
    work: Vec<Work>,
    /// Whether methods such as `String` are not to be used.
    raw: bool,
    verb: char,
}

/// Whether Go prints the type without looking for methods.
fn is_simple(value: &Value) -> bool {
    !matches!(value, Value::List(_) | Value::Map(_) | Value::Object(_) | Value::Number(_))
}

#[cfg(test)]
mod tests {
    use crate::fmt::sprintf;
    use crate::value::{IntKind, List};
    use crate::{Value, fmt};

    fn printed(format: &str, args: &[Value]) -> String {
        String::from_utf8(sprintf(format.as_bytes(), args, 1 << 20).unwrap()).unwrap()
    }

    #[test]
    fn flags_widths_and_wrong_verbs() {
        let int = Value::int(42);
        assert_eq!(
            printed("%08.3f|%+d|%x|%#x", &[Value::float(1.5), int.clone(), int.clone(), int.clone()]),
            "0001.500|+42|2a|0x2a"
        );
        assert_eq!(printed("%[2]d %[1]d", &[Value::int(1), Value::int(2)]), "2 1");
        assert_eq!(printed("%", &[]), "%!(NOVERB)");
        assert_eq!(printed("%d %s", &[Value::from("hi")]), "%!d(string=hi) %!s(MISSING)");
        assert_eq!(printed("x", &[Value::Null, int]), "x%!(EXTRA <nil>, int=42)");
        assert_eq!(
            printed("%*d|%-*d|", &[Value::int(4), Value::int(1), Value::int(4), Value::int(1)]),
            "   1|1   |"
        );
        assert_eq!(
            printed("%#v", &[Value::list(vec![Value::Null, Value::from("a")])]),
            r#"[]interface {}{interface {}(nil), "a"}"#
        );
        assert_eq!(printed("%v", &[Value::List(List::bytes(b"hi"))]), "[104 105]");
        assert_eq!(printed("%T", &[Value::Int(IntKind::Int8, 1)]), "int8");
    }

    #[test]
    fn deep_values_print_on_a_small_stack_and_long_output_is_refused() {
        let run = || {
            let deep = (0..200_000).fold(Value::Null, |inner, _| Value::list(vec![inner]));
            assert_eq!(fmt::display(&deep).len(), 400_005);
            assert!(sprintf(b"%1000000d%1000000d", &[Value::int(1), Value::int(1)], 1_500_000).is_err());
            assert!(sprintf(b"%.1000000f", &[Value::float(1.5)], 500_000).is_err());
            assert_eq!(sprintf(b"%.100000f", &[Value::float(1.5)], 500_000).unwrap().len(), 100_002);
        };
        std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
    }
}
