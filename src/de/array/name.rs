//! The names of the columns of a frame.

use super::frame::{Found, OneValue};
use crate::{
    de::{
        hint::Hint,
        node::NodeDeserializer,
        take::{Answer, Given, Taker},
    },
    error::Result,
    recipe::numpy::{Array, Data},
    value::Value,
};

/// The name of a column: a number is text to those who want text, and so is a tuple.
pub(super) struct Name<'a, 'c, 'i, 'de>(pub(super) OneValue<'a, 'c, 'i, 'de>);

impl<'de, 'c, 'i: 'c> Answer<'de> for Name<'_, 'c, 'i, 'de> {
    fn answer(&mut self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        if !matches!(hint, Hint::Text | Hint::Identifier) {
            return self.0.answer(hint, visitor);
        }
        let node = self.0.node;
        match self.0.find()? {
            Found::Int(int) => visitor.visit_string(int.to_string()),
            // A key like that of a dict.
            Found::Element(Array { data: Data::Objects(items), .. }, _, at) if at < items.len() => {
                NodeDeserializer::key(node.cx, items[at], node.deeper()?).answer(hint, visitor)
            }
            Found::Element(array, zone, at) => {
                match node.element_of(array, zone, at, |element| Ok(element.number_text()))? {
                    Some(text) => visitor.visit_string(text),
                    None => self.0.answer(hint, visitor),
                }
            }
            Found::Levels(_) | Found::Interval(..) => {
                let parts: Vec<Value> = serde::Deserialize::deserialize(Given::Other(&mut self.0))?;
                visitor.visit_string(Value::Tuple(parts).to_string())
            }
            _ => self.0.answer(hint, visitor),
        }
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}
