//! What CPython checks as it loads, and we only where it is read: `strict` checks it everywhere.
//!
//! Keys that are unhashable are the machine's to find, for it knows what stands in a dict that is thrown away.

use super::{options::DeOptions, strings::py2};
use crate::{
    error::{Error, Result},
    graph::{Kind, Leaf, Ref, Store},
    op::text,
    opcode::{Opcode, code},
};

impl DeOptions<'_> {
    /// Whether there is anything that `check` looks at a whole graph for.
    pub(crate) fn checks_graphs(&self) -> bool {
        self.strict || self.allowed_globals.is_some()
    }

    /// Checks the content of the pickle from `start` to `end`, whose structure is known to be right.
    #[inline]
    pub(crate) fn check(&self, store: &Store, input: &[u8], start: usize, end: usize) -> Result<()> {
        if self.allowed_globals.is_some() {
            self.check_globals(store, input, start, end)?;
        }
        if self.strict { self.check_all(store, input, start, end) } else { Ok(()) }
    }

    #[cold]
    fn check_globals(&self, store: &Store, input: &[u8], start: usize, end: usize) -> Result<()> {
        let Some(allowed) = &self.allowed_globals else { return Ok(()) };
        let is_allowed = |name: &str| {
            allowed.iter().any(|pattern| match pattern.strip_suffix('*') {
                Some(module) if module.is_empty() || module.ends_with('.') => name.starts_with(module),
                _ => pattern == name,
            })
        };
        let refuse = |name: String, offset: usize| {
            let error = Error::data("the global is not among those that DeOptions::allow_globals allows");
            Err(error.or_global(|| name).or_offset(offset as u64))
        };
        // Each global is looked at where it is made: by GLOBAL, INST or a code in the input, by STACK_GLOBAL as a composite.
        for (at, opcode) in store.opcodes(input, start, end) {
            let name = match opcode {
                Opcode::Global | Opcode::Inst => store.global_at(input, at).map(|global| global.to_string()),
                Opcode::Ext1 | Opcode::Ext2 | Opcode::Ext4 => Some(match store.global_at(input, at) {
                    Some(global) => global.to_string(),
                    None => "an extension code that is not resolved".to_owned(),
                }),
                _ => None,
            };
            if let Some(name) = name
                && !is_allowed(&name)
            {
                return refuse(name, at);
            }
        }
        for (index, composite) in store.composites.iter().enumerate() {
            let offset = composite.offset();
            if composite.kind == Kind::Global && (start..end).contains(&offset) {
                let name = store.global_of(input, Ref::composite(index)).map(|global| global.to_string());
                let name = name.unwrap_or_default();
                if !is_allowed(&name) {
                    return refuse(name, offset);
                }
            }
        }
        Ok(())
    }

    fn check_all(&self, store: &Store, input: &[u8], start: usize, end: usize) -> Result<()> {
        let mut buffers = 0;
        for (at, opcode) in store.opcodes(input, start, end) {
            self.check_one(store, input, at, opcode, &mut buffers).map_err(|error| error.or_offset(at as u64))?;
        }
        Ok(())
    }

    fn check_one(&self, store: &Store, input: &[u8], at: usize, opcode: Opcode, buffers: &mut usize) -> Result<()> {
        match opcode.code() {
            code::SHORT_BINUNICODE | code::BINUNICODE | code::BINUNICODE8 => {
                if let Some(Leaf::Str(bytes)) = Leaf::read(input, at)
                    && std::str::from_utf8(&bytes).is_err()
                {
                    text::check_surrogatepass(&bytes)?;
                }
            }
            code::STRING | code::BINSTRING | code::SHORT_BINSTRING => {
                if let Some(Leaf::Py2Str(bytes)) = Leaf::read(input, at) {
                    py2(bytes, self)?;
                }
            }
            code::GLOBAL => {
                if let Some(Leaf::Global(module, name)) = Leaf::read(input, at)
                    && (std::str::from_utf8(module).is_err() || std::str::from_utf8(name).is_err())
                {
                    return Err(Error::syntax("GLOBAL: module and name must be UTF-8"));
                }
            }
            code::PERSID | code::BINPERSID if self.persistent_load.is_none() => {
                return Err(Error::data(
                    "persistent id is not resolved; DeOptions::persistent_load can say what it is",
                ));
            }
            code::EXT1 | code::EXT2 | code::EXT4 => {
                if let Some(Leaf::Extension(number)) = Leaf::read(input, at)
                    && !store.extensions.as_ref().is_some_and(|known| known.contains_key(&number))
                {
                    return Err(Error::data(format!("extension code {number} is not resolved")));
                }
            }
            code::NEXT_BUFFER => {
                if *buffers >= self.buffers.len() {
                    return Err(Error::data(format!("out-of-band buffer {buffers} is not resolved")));
                }
                *buffers += 1;
            }
            _ => {}
        }
        Ok(())
    }
}
