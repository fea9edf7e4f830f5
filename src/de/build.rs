//! stub
use super::{context::Lend, node::NodeDeserializer};
use crate::error::Result;
use serde::de::Visitor;
pub(crate) fn hand_over<'de, 'c, 'i: 'c, L: Lend<'i, 'de>, V: Visitor<'de>>(
    node: NodeDeserializer<'c, 'i, L>,
    visitor: V,
) -> Result<V::Value> {
    visitor.visit_newtype_struct(node)
}
