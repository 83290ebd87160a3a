//! For code that walks data of a type: what stands at each place.

use super::encode;
use super::table::{Codec, Field, Shape, Type};
use crate::Value;

/// A variable, a field or an element of a list or map: what can stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(&'static Shape);

/// What stands at a [`Place`], pointers passed over.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Content {
    /// A string.
    Text,
    /// A number or boolean.
    Scalar,
    /// A struct with members.
    Struct(&'static Type),
    /// A list of these.
    List(Place),
    /// A map of these.
    Map(Place),
    /// Data of any form: `runtime.RawExtension`, `apiextensions.JSON`.
    Free,
    /// A number or a text: `intstr.IntOrString`.
    NumberOrText,
    /// Something that reads and writes itself: times, quantities, bytes.
    Opaque,
}

impl Place {
    /// What stands there.
    #[must_use]
    pub fn content(self) -> Content {
        match self.0 {
            Shape::String => Content::Text,
            Shape::Bool | Shape::Int(_) | Shape::Uint(_) | Shape::Float(_) => Content::Scalar,
            Shape::Any | Shape::Bytes | Shape::Struct => Content::Opaque,
            Shape::Pointer(inner) => Place(inner).content(),
            Shape::List(item) => Content::List(Place(item)),
            Shape::Map(pair) => Content::Map(Place(&pair.1)),
            Shape::Named(_) => match self.0.named() {
                None => Content::Opaque,
                Some(of) => match of.codec {
                    Codec::Raw => Content::Free,
                    Codec::IntOrString => Content::NumberOrText,
                    Codec::Time | Codec::MicroTime | Codec::Quantity => Content::Opaque,
                    Codec::Plain | Codec::Parameter if of.is_struct() => Content::Struct(of),
                    Codec::Plain | Codec::Parameter => Place(&of.shape).content(),
                },
            },
        }
    }

    /// Whether Go has a pointer there, which can be nil.
    #[must_use]
    pub fn is_pointer(self) -> bool {
        matches!(self.0, Shape::Pointer(_))
    }

    /// What the zero value encodes to.
    #[must_use]
    pub fn zero(self) -> Value {
        encode::zero(self.0)
    }
}

impl Field {
    /// What stands in the field.
    #[must_use]
    pub fn place(&'static self) -> Place {
        Place(&self.shape)
    }

    /// Whether an empty value (false, 0, "", nil, an empty list or map) is left out: `omitempty`.
    #[must_use]
    pub fn omits_empty(&self) -> bool {
        self.omit_empty
    }
}
