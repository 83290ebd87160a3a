//! Each kind of change is seen.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

const LIB: &str = "
mod inner;
pub mod shapes;
pub use inner::Fleet;
pub use shapes::area;
pub use other_crate as other;
pub fn open<'a>(path: &'a str, deep: bool,) -> Result<Vec<Option<&'a str>>, Box<dyn Fn(&str) -> [u8; 4]>> where 'a: 'static { todo!() }
pub const MOST: usize = 12;
";

const INNER: &str = "
use super::shapes::Shape;
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fleet<'f> { pub name: &'f str, size: usize }
impl<'f> Fleet<'f> {
    pub fn apps(&self) -> impl Iterator<Item = &'f str> { [].into_iter() }
    fn hidden(&self) {}
}
impl Shape for Fleet<'_> { type Unit = u8; fn edges(&self) -> usize { 0 } }
struct Secret;
impl Shape for Secret { type Unit = u8; fn edges(&self) -> usize { 0 } }
#[cfg(test)]
mod tests { pub fn nothing() {} }
";

const SHAPES: &str = "
pub trait Shape: Send { type Unit: Copy; fn edges(&self) -> usize; fn name(&self) -> String { String::new() } }
pub enum Kind { Round, Square { side: u32 }, Many(Vec<Kind>) }
impl From<u8> for Kind { fn from(_: u8) -> Self { Kind::Round } }
impl<'a> IntoIterator for &'a Kind { type Item = u8; type IntoIter = std::vec::IntoIter<u8>; fn into_iter(self) -> Self::IntoIter { todo!() } }
pub(crate) fn near() {}
pub fn area<T: Shape>(shape: &mut T) -> f64 { 0.0 }
";

fn listing(lib: &str, inner: &str, shapes: &str) -> String {
    let files = |path: &str| match path {
        "lib.rs" => Some(lib.to_owned()),
        "inner.rs" => Some(inner.to_owned()),
        "shapes/mod.rs" => Some(shapes.to_owned()),
        _ => None,
    };
    public_api::list("a-house", &files).unwrap()
}

#[test]
fn everything_public_is_listed() {
    let expected = "\
pub mod a_house
#[derive(Clone, Debug)] #[non_exhaustive] pub struct a_house::Fleet<'f> { .. }
impl Shape for a_house::Fleet<'_> { type Unit = u8 }
pub fn a_house::Fleet<'f>::apps(&self) -> impl Iterator<Item = &'f str>
pub a_house::Fleet.name: &'f str
pub const a_house::MOST: usize = 12
pub fn a_house::area<T: Shape>(shape: &mut T) -> f64
pub fn a_house::open<'a>(path: &'a str, deep: bool) -> Result<Vec<Option<&'a str>>, Box<dyn Fn(&str) -> [u8; 4]>> where 'a: 'static
pub use a_house::other = other_crate
pub mod a_house::shapes
pub enum a_house::shapes::Kind
impl From<u8> for a_house::shapes::Kind
impl<'a> IntoIterator for &'a a_house::shapes::Kind { type Item = u8; type IntoIter = std::vec::IntoIter<u8> }
a_house::shapes::Kind::Many(Vec<Kind>)
a_house::shapes::Kind::Round
a_house::shapes::Kind::Square { side: u32 }
pub trait a_house::shapes::Shape: Send
type a_house::shapes::Shape::Unit: Copy
fn a_house::shapes::Shape::edges(&self) -> usize
fn a_house::shapes::Shape::name(&self) -> String { .. }
pub use a_house::shapes::area = a_house::area
";
    assert_eq!(listing(LIB, INNER, SHAPES), expected);
}

#[test]
fn each_kind_of_change_is_seen() {
    let before = listing(LIB, INNER, SHAPES);
    let changes = [
        ("a parameter", "deep: bool", "deep: u8"),
        ("a constant", "usize = 12", "usize = 13"),
        ("an export", "pub use inner::Fleet;", ""),
        ("a method's result", "Item = &'f str", "Item = String"),
        ("a public field", "pub name: &'f str", "name: &'f str"),
        ("a derive", "#[derive(Clone, Debug)]", "#[derive(Debug)]"),
        ("non_exhaustive", "#[non_exhaustive]", ""),
        ("a variant", "Round, ", "Round, Oval, "),
        ("a provided method", "-> String { String::new() }", "-> String;"),
        ("an implementation", "impl From<u8> for Kind", "impl From<u16> for Kind"),
        ("a bound", "area<T: Shape>", "area<T>"),
        ("a visibility", "pub(crate) fn near", "pub fn near"),
    ];
    for (what, from, to) in changes {
        let change = |text: &str| text.replace(from, to);
        let after = listing(&change(LIB), &change(INNER), &change(SHAPES));
        assert!(!public_api::difference(&before, &after).is_empty(), "{what} changed unseen");
    }
    assert_eq!(
        public_api::difference(&before, &listing(LIB, &INNER.replace("fn hidden", "fn veiled"), SHAPES)),
        ""
    );
}

#[test]
fn what_is_missing_or_no_rust_is_said() {
    assert_eq!(public_api::list("x", &|_| None).unwrap_err(), "x has no lib.rs");
    let lone = |path: &str| (path == "lib.rs").then(|| "pub mod gone;".to_owned());
    assert_eq!(public_api::list("x", &lone).unwrap_err(), "there is no file for the module `gone`");
    let broken = |_: &str| Some("pub fn (".to_owned());
    assert!(public_api::list("x", &broken).unwrap_err().starts_with("lib.rs: "));
}
