//! Names of Python classes, among the names that serde knows.
//!
//! `module:Class` names a class, as in Python's entry points; `module:Class()` the call of its constructor. Whatever else has a colon
//! in it is text.

/// What a name with a colon means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClassName<'n> {
    /// Perhaps a package's: dotted.
    pub(crate) module: &'n str,
    /// With dots for what is nested.
    pub(crate) name: &'n str,
    /// The constructor is to be called.
    pub(crate) called: bool,
}

/// Whether a name may be that of a class. Nearly all are not, and names are constants: inlined, this costs nothing.
#[inline(always)]
pub(crate) const fn has_colon(name: &str) -> bool {
    let name = name.as_bytes();
    let mut at = 0;
    while at < name.len() {
        if name[at] == b':' {
            return true;
        }
        at += 1;
    }
    false
}

impl<'n> ClassName<'n> {
    /// The class that a name is of: two dotted names with one colon between them, and perhaps `()`.
    #[cold]
    pub(crate) fn of(name: &'n str) -> Option<ClassName<'n>> {
        let (module, name) = name.split_once(':')?;
        let (name, called) = match name.strip_suffix("()") {
            Some(name) => (name, true),
            None => (name, false),
        };
        (is_dotted(module) && is_dotted(name)).then_some(ClassName { module, name, called })
    }
}

/// Identifiers with dots between them.
fn is_dotted(name: &str) -> bool {
    name.split('.').all(|part| {
        let mut chars = part.chars();
        chars.next().is_some_and(|first| first == '_' || first.is_alphabetic())
            && chars.all(|char| char == '_' || char.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_dotted_names_and_a_colon() {
        let class = |module, name, called| Some(ClassName { module, name, called });
        assert_eq!(ClassName::of("shop.models:Order"), class("shop.models", "Order", false));
        assert_eq!(ClassName::of("shop.models:Order()"), class("shop.models", "Order", true));
        assert_eq!(ClassName::of("__main__:Outer.Inner"), class("__main__", "Outer.Inner", false));
        assert_eq!(ClassName::of("a:b"), class("a", "b", false));
        assert_eq!(ClassName::of("größe:Maß"), class("größe", "Maß", false));
    }

    #[test]
    fn everything_else_is_text() {
        let texts = [
            "Order",
            "order.created",
            "",
            ":",
            ":x",
            "x:",
            "a:b:c",
            "a::b",
            "has space:X",
            "a: b",
            "a:b c",
            "12:30",
            "a:2b",
            "a-b:C",
            ".a:B",
            "a.:B",
            "a..b:C",
            "a:.B",
            "a:B.",
            "a:b()()",
            "a:()",
            "a():b",
            "a:b(",
            "a:b.<locals>.C",
            "http://x",
        ];
        for text in texts {
            assert_eq!(ClassName::of(text), None, "{text:?}");
        }
        assert!(has_colon("a:b") && has_colon(":") && !has_colon("") && !has_colon("shop.models.Order"));
    }
}
