//! What a pickle would import.

use crate::{
    graph::{FAR, How, Kind, Leaf, Ref, Store, View},
    opcode::code,
};

/// What a pickle does with a global.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Usage {
    /// It is a value, or nothing: imported, and not called.
    Value,
    /// Its `__new__` is called (NEWOBJ, NEWOBJ_EX), or an instance is made (INST, OBJ).
    Class,
    /// It is called (REDUCE).
    Call,
}

/// A global that a pickle would import: a class or function.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GlobalUse {
    /// The module, by its name in Python 3.
    pub module: String,
    /// The name in the module.
    pub name: String,
    /// The byte offset of the opcode that imports it.
    pub offset: u64,
    /// What is done with it: the most that is done.
    pub usage: Usage,
}

impl std::fmt::Display for GlobalUse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.module, self.name)
    }
}

/// All of them, in the order of the stream.
pub(crate) fn all(store: &Store, input: &[u8]) -> Vec<GlobalUse> {
    let mut usages: Vec<(Ref, Usage)> = Vec::new();
    let mut found: Vec<(usize, Ref)> = Vec::new();
    for (index, composite) in store.composites.iter().enumerate() {
        match composite.kind {
            Kind::Object => {
                let usage = match composite.how() {
                    How::Reduce => Usage::Call,
                    How::New | How::Instance => Usage::Class,
                    How::Promoted => Usage::Value,
                };
                usages.push((store.slice(composite.first, 3)[0], usage));
            }
            Kind::Global => found.push((composite.offset(), Ref::composite(index))),
            Kind::FarLeaf if is_global(input, composite.offset()) => {
                found.push((composite.offset(), Ref::composite(index)));
            }
            _ => {}
        }
    }
    // Those that are leaves are found where they stand.
    let leaves = store.opcodes(input, 0, input.len()).take_while(|&(at, _)| at < FAR);
    found.extend(leaves.filter(|&(at, _)| is_global(input, at)).map(|(at, _)| (at, Ref::leaf(at))));
    found.sort_unstable_by_key(|&(offset, _)| offset);
    usages.sort_unstable_by_key(|&(node, usage)| (node.bits(), std::cmp::Reverse(usage)));
    found
        .into_iter()
        .filter_map(|(offset, node)| {
            let View::Global(global) = store.view_itself(input, node) else { return None };
            let first = usages.partition_point(|(known, _)| known.bits() < node.bits());
            let usage = usages.get(first).filter(|(known, _)| *known == node).map_or(Usage::Value, |&(_, usage)| usage);
            Some(GlobalUse {
                module: global.module.into_owned(),
                name: global.name.into_owned(),
                offset: offset as u64,
                usage,
            })
        })
        .collect()
}

fn is_global(input: &[u8], offset: usize) -> bool {
    match input.get(offset) {
        Some(&(code::GLOBAL | code::INST)) => matches!(Leaf::read(input, offset), Some(Leaf::Global(..))),
        Some(&(code::EXT1 | code::EXT2 | code::EXT4)) => true,
        _ => false,
    }
}
