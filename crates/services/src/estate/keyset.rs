//! Pages of a list by position, not by number: page 1,000 costs what page 1 does.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;
use wire::{Cursor, Page};

use crate::{Error, Result};

/// Which part of a list is wanted.
#[derive(Clone, Debug)]
pub struct Slice {
    pub after: Option<Cursor>,
    pub size: u16,
}

impl Default for Slice {
    fn default() -> Self {
        Self { after: None, size: 50 }
    }
}

impl Slice {
    /// What follows `after`, a cursor as it stood in a URL; empty for the beginning.
    pub fn after(cursor: &str) -> Self {
        Self { after: Some(cursor.trim()).filter(|c| !c.is_empty()).map(|c| Cursor(c.to_owned())), ..Self::default() }
    }
    pub(crate) fn limit(&self) -> i64 {
        i64::from(self.size.clamp(1, 200))
    }
}

/// The last row of the page before: its sort keys, then its id.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Position {
    keys: Vec<String>,
    pub(crate) id: Option<Uuid>,
}

impl Position {
    pub(crate) fn of(slice: &Slice) -> Result<Self> {
        let Some(cursor) = &slice.after else { return Ok(Self { keys: Vec::new(), id: None }) };
        let broken = || Error::invalid("cursor", "That page of the list does not exist. Start again from the first page");
        let bytes = URL_SAFE_NO_PAD.decode(&cursor.0).map_err(|_| broken())?;
        let (id, keys): (Uuid, Vec<String>) = serde_json::from_slice(&bytes).map_err(|_| broken())?;
        Ok(Self { keys, id: Some(id) })
    }
    pub(crate) fn key(&self, n: usize) -> Option<&str> {
        self.keys.get(n).map(String::as_str)
    }
}

/// Makes a page of rows that were asked for with one more than it holds; `position` says where a row stands.
pub(crate) fn page<T>(mut rows: Vec<T>, slice: &Slice, position: impl Fn(&T) -> (Uuid, Vec<String>)) -> Page<T> {
    let size = usize::try_from(slice.limit()).unwrap_or(usize::MAX);
    let next = if rows.len() > size {
        rows.truncate(size);
        rows.last().map(|last| Cursor(URL_SAFE_NO_PAD.encode(serde_json::json!(position(last)).to_string())))
    } else {
        None
    };
    Page { items: rows, next, previous: None }
}

/// What was typed into a search box as patterns that must all be found; none when nothing was typed.
pub(crate) fn like_patterns(search: &str) -> Option<Vec<String>> {
    let words: Vec<String> = domain::values::clean(search)
        .to_lowercase()
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
        .take(8)
        .map(|word| format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")))
        .collect();
    Some(words).filter(|w| !w.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_says_where_the_page_ended_and_a_broken_one_is_refused() {
        let slice = Slice { after: None, size: 2 };
        let first = page(vec![(1u128, "a"), (2, "b"), (3, "c")], &slice, |(id, key)| (Uuid::from_u128(*id), vec![(*key).to_owned()]));
        assert_eq!(first.items.len(), 2);
        let slice = Slice { after: first.next, size: 2 };
        let position = Position::of(&slice).expect("reads back");
        assert_eq!((position.key(0), position.id), (Some("b"), Some(Uuid::from_u128(2))));
        assert_eq!(page(vec![(3u128, "c")], &slice, |(id, key)| (Uuid::from_u128(*id), vec![(*key).to_owned()])).next, None);
        for broken in ["x", "eyJ9", "🏠"] {
            assert!(matches!(Position::of(&Slice::after(broken)), Err(Error::Invalid(_))), "{broken}");
        }
    }

    #[test]
    fn a_search_asks_for_every_word_and_takes_none_for_a_wildcard() {
        assert_eq!(like_patterns(" LS11 6ab, 100%_ "), Some(vec!["%ls11%".into(), "%6ab%".into(), "%100\\%\\_%".into()]));
        assert_eq!(like_patterns(" \u{0} "), None);
    }
}
