//! Where a fault stands in the catalogue, written "kitchen/sink/leaking".

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

const MAX_CODE: usize = 40;

/// The way through the three questions. The whole path is stored, not the leaf alone: "leaking" says little without
/// its sink. "None of these" is the absence of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FaultPath {
    pub room: String,
    pub item: String,
    pub problem: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a fault path. It has three parts, as in kitchen/sink/leaking.")]
pub struct BadFaultPath(pub String);

impl FaultPath {
    pub fn new(room: impl Into<String>, item: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { room: room.into(), item: item.into(), problem: problem.into() }
    }
}

/// Lower-case letters, digits and hyphens: safe in a URL, a form value and a file name without escaping.
pub(super) fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_CODE
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

impl FromStr for FaultPath {
    type Err = BadFaultPath;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.trim().split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(room), Some(item), Some(problem), None) if [room, item, problem].into_iter().all(is_code) => {
                Ok(Self::new(room, item, problem))
            }
            _ => Err(BadFaultPath(text.chars().take(3 * MAX_CODE).collect())),
        }
    }
}

impl fmt::Display for FaultPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.room, self.item, self.problem)
    }
}

impl TryFrom<String> for FaultPath {
    type Error = BadFaultPath;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<FaultPath> for String {
    fn from(path: FaultPath) -> Self {
        path.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_prints_as_it_was_read() {
        let path: FaultPath = "kitchen/sink/leaking".parse().unwrap();
        assert_eq!(path, FaultPath::new("kitchen", "sink", "leaking"));
        assert_eq!(path.to_string(), "kitchen/sink/leaking");
        assert_eq!(serde_json::to_string(&path).unwrap(), "\"kitchen/sink/leaking\"");
    }

    #[test]
    fn what_is_not_three_codes_is_refused() {
        for bad in [
            "",
            "kitchen",
            "kitchen/sink",
            "kitchen/sink/leaking/more",
            "kitchen//leaking",
            "Kitchen/sink/leak",
            "../../etc",
            "a/b/-c",
            "a/b/c\0",
        ] {
            assert_eq!(bad.parse::<FaultPath>(), Err(BadFaultPath(bad.to_owned())), "{bad:?}");
        }
        assert!(serde_json::from_str::<FaultPath>("\"kitchen\"").is_err());
        assert!(format!("a/b/{}", "c".repeat(41)).parse::<FaultPath>().is_err());
    }
}
