//! The names in a stream that breaks: Python would have imported them by then.

use serde_pickle::tools::{self, Arg, Opcode};

/// A name, and the byte offset of the opcode that imports it.
pub(super) struct Named {
    pub(super) module: String,
    pub(super) name: String,
    pub(super) offset: usize,
}

/// What is named up to the fault. The names of STACK_GLOBAL are the two texts before it, pushed or fetched.
pub(super) fn names(pickle: &[u8]) -> Vec<Named> {
    let mut found = Vec::new();
    let mut texts: Vec<Option<String>> = Vec::new();
    let mut memo: std::collections::HashMap<i64, String> = std::collections::HashMap::new();
    for op in tools::ops(pickle).map_while(Result::ok) {
        let text = match &op.arg {
            Arg::Str(text) => Some(String::from_utf8_lossy(text).into_owned()),
            _ => None,
        };
        let index = match op.arg {
            Arg::Int(index) => index,
            _ => memo.len() as i64,
        };
        match op.opcode {
            Opcode::Global | Opcode::Inst => {
                if let Some((module, name)) = text.as_deref().and_then(|text| text.split_once(' ')) {
                    found.push(Named { module: module.into(), name: name.into(), offset: op.offset });
                }
                texts.clear();
            }
            Opcode::StackGlobal => {
                if let [.., Some(module), Some(name)] = &texts[..] {
                    found.push(Named { module: module.clone(), name: name.clone(), offset: op.offset });
                }
                texts.clear();
            }
            Opcode::Memoize | Opcode::Put | Opcode::BinPut | Opcode::LongBinPut => {
                let last = texts.last().cloned().flatten().unwrap_or_default();
                memo.insert(index, last);
            }
            Opcode::Get | Opcode::BinGet | Opcode::LongBinGet => texts.push(memo.get(&index).cloned()),
            Opcode::Proto | Opcode::Frame => {}
            _ => texts.push(text),
        }
        if texts.len() > 64 {
            texts.drain(..32);
        }
    }
    found
}
