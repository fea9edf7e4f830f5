//! Names in the style of Rust.

use std::collections::HashSet;

const KEYWORDS: &str = " abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen if \
impl in let loop macro match mod move mut override priv pub ref return self static struct super trait true try type typeof unsafe \
unsized use virtual where while yield ";

/// The words of a name: at what is no letter or digit, and where capitals begin.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut begins = true;
    let chars: Vec<char> = name.chars().collect();
    for (at, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            begins = true;
            continue;
        }
        let after_lower = at > 0 && (chars[at - 1].is_lowercase() || chars[at - 1].is_numeric());
        let before_lower =
            at > 0 && chars[at - 1].is_uppercase() && chars.get(at + 1).is_some_and(|c| c.is_lowercase());
        if begins || c.is_uppercase() && (after_lower || before_lower) {
            words.push(String::new());
        }
        begins = false;
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words
}

/// `created_at`, whatever the case was; keywords get an underscore.
pub(super) fn snake(name: &str) -> String {
    let name = words(name).join("_");
    match name.chars().next() {
        None => "empty".into(),
        Some(c) if c.is_numeric() => format!("n{name}"),
        Some(_) if KEYWORDS.contains(&format!(" {name} ")) => format!("{name}_"),
        Some(_) => name,
    }
}

/// `CreatedAt`.
pub(super) fn camel(name: &str) -> String {
    let capital = |word: String| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
    };
    let name: String = words(name).into_iter().map(capital).collect();
    match name.chars().next() {
        None => "Empty".into(),
        Some(c) if c.is_numeric() => format!("N{name}"),
        Some(_) if name == "Self" => "Self_".into(),
        Some(_) => name,
    }
}

/// The name of one of several: `orders` hold an `Order`.
pub(super) fn singular(name: &str) -> String {
    for (plural, one) in [("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("xes", "x")] {
        if let Some(stem) = name.strip_suffix(plural).filter(|stem| stem.len() > 1) {
            return format!("{stem}{one}");
        }
    }
    match name.strip_suffix('s') {
        Some(stem) if stem.len() > 1 && !stem.ends_with('s') => stem.to_owned(),
        _ => format!("{name}_item"),
    }
}

/// The name, or one with a number, that is not taken yet.
pub(super) fn fresh(name: String, taken: &mut HashSet<String>) -> String {
    let mut fresh = name.clone();
    let mut number = 2;
    while !taken.insert(fresh.clone()) {
        fresh = format!("{name}{number}");
        number += 1;
    }
    fresh
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles() {
        for (name, field, class) in [
            ("createdAt", "created_at", "CreatedAt"),
            ("HTTPStatus", "http_status", "HttpStatus"),
            ("type", "type_", "Type"),
            ("2nd", "n2nd", "N2nd"),
            ("__private", "private", "Private"),
            ("", "empty", "Empty"),
            ("self", "self_", "Self_"),
            ("a-b c", "a_b_c", "ABC"),
            ("größe", "größe", "Größe"),
        ] {
            assert_eq!((snake(name).as_str(), camel(name).as_str()), (field, class), "{name}");
        }
        for (many, one) in
            [("orders", "order"), ("entries", "entry"), ("boxes", "box"), ("status", "statu"), ("data", "data_item")]
        {
            assert_eq!(singular(many), one);
        }
    }
}
