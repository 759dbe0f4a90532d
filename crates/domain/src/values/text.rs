//! Free text from people. Emoji, right-to-left text and any language are welcome; what no person types is removed.

use thiserror::Error;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    #[error("Enter {0}")]
    Empty(&'static str),
    #[error("{what} must be {max} characters or fewer")]
    TooLong { what: String, max: usize },
}

/// Trims, and drops control characters (a null byte cannot be stored by Postgres) and bidirectional overrides, which can make a
/// line read as something else than it is. Line breaks become spaces.
pub fn clean(text: &str) -> String {
    clean_with(text, false)
}

/// As [`clean`], keeping line breaks (as `\n`).
pub fn clean_lines(text: &str) -> String {
    clean_with(text, true)
}

fn clean_with(text: &str, lines: bool) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let cleaned: String = unified
        .chars()
        .filter_map(|c| match c {
            '\n' if lines => Some('\n'),
            '\n' | '\t' => Some(' '),
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' => None,
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect();
    cleaned.trim().to_owned()
}

/// Cleaned text of 1 to `max` characters. `what` completes both sentences: "Enter a name", "A name must be 100 characters or fewer".
pub fn required(text: &str, what: &'static str, max: usize) -> Result<String, TextError> {
    let text = clean(text);
    if text.is_empty() {
        return Err(TextError::Empty(what));
    }
    if text.chars().count() > max {
        let mut what = what.to_owned();
        if let Some(first) = what.get_mut(0..1) {
            first.make_ascii_uppercase();
        }
        return Err(TextError::TooLong { what, max });
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_people_write_and_drops_what_they_cannot() {
        assert_eq!(clean("  مرحبا 👋🏽 \u{0} \u{202E}x\r\ny "), "مرحبا 👋🏽  x y");
        assert_eq!(clean_lines("a\r\nb\u{7}\n"), "a\nb");
        assert_eq!(required(" \u{0} ", "a name", 5), Err(TextError::Empty("a name")));
        assert_eq!(required("abcdef", "a name", 5).map_err(|e| e.to_string()), Err("A name must be 5 characters or fewer".into()));
        assert_eq!(required("👋👋👋👋👋", "a name", 5), Ok("👋👋👋👋👋".into()));
    }
}
