//! The route from the root of a pickle to the place of an error: `users[3].age`.

use std::fmt::{self, Write as _};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// The item at this index of a sequence: `[3]`.
    Index(usize),
    /// A text key of a dict, or the name of a field or attribute: `.age`, or `["no name"]` if it is not an identifier.
    Name(Box<str>),
    /// Any other key, as Python's repr: `[1001]`, `[(1, 2)]`.
    Key(Box<str>),
}

/// Steps in the order in which an error passes them on its way up: the innermost first.
#[derive(Debug, Default)]
pub(crate) struct Path {
    inner_first: Vec<Segment>,
}

impl Path {
    /// Adds the step that leads to everything added before.
    pub(crate) fn push_outer(&mut self, segment: Segment) {
        self.inner_first.push(segment);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.inner_first.is_empty()
    }
}

/// Paths of very deep values are cut in the middle: this many steps are shown at each end.
const SHOWN: usize = 16;

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = self.inner_first.len();
        for (at, segment) in self.inner_first.iter().rev().enumerate() {
            if steps > 2 * SHOWN && (SHOWN..steps - SHOWN).contains(&at) {
                if at == SHOWN {
                    write!(f, "…({} more)…", steps - 2 * SHOWN)?;
                }
                continue;
            }
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(repr) => write!(f, "[{repr}]")?,
                Segment::Name(name) if is_identifier(name) => {
                    if at > 0 {
                        f.write_char('.')?;
                    }
                    f.write_str(name)?;
                }
                Segment::Name(name) => write!(f, "[{name:?}]")?,
            }
        }
        Ok(())
    }
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_') && chars.all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(outer_first: Vec<Segment>) -> String {
        let mut path = Path::default();
        for segment in outer_first.into_iter().rev() {
            path.push_outer(segment);
        }
        path.to_string()
    }

    #[test]
    fn reads_like_code() {
        let name = |s: &str| Segment::Name(s.into());
        assert_eq!(path(vec![name("users"), Segment::Index(3), name("age")]), "users[3].age");
        assert_eq!(path(vec![Segment::Index(0), name("no name")]), "[0][\"no name\"]");
        assert_eq!(path(vec![Segment::Key("1001".into()), name("é")]), "[1001].é");
        assert_eq!(path(vec![]), "");
    }

    #[test]
    fn long_ones_are_cut_in_the_middle() {
        let long = path(vec![Segment::Index(0); 100]);
        assert_eq!(long, format!("{0}…(68 more)…{0}", "[0]".repeat(16)));
    }
}
