//! Finding a fault by the words a tenant would use.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::catalogue::{Catalogue, Found};
use super::path::FaultPath;

/// Words that say nothing about which fault is meant. "no" stays: no hot water is not hot water.
const EMPTY_WORDS: &[&str] = &[
    "a", "an", "the", "my", "our", "your", "is", "are", "was", "it", "its", "in", "on", "of", "to", "and", "or", "i", "we", "have", "has",
    "got", "there", "theres", "with", "from", "at", "by", "be", "been", "that", "this", "very", "please", "help", "problem",
];

/// Only the first words of a long query count: enough for any tile's name, and bounded work.
const MAX_WORDS: usize = 12;

/// One search result, with the words of each tile on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    pub path: FaultPath,
    pub room: String,
    pub item: String,
    pub problem: String,
}

impl Catalogue {
    /// The faults nearest to `query`, best first; the same query always gives the same list.
    ///
    /// Forgiving: any case, the beginning of a word, a word's ending, one slip in a longer word. A fault that matches
    /// more of the query's words comes first, then one whose own name matches rather than its room's, then tile order.
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        let wanted = query_words(query);
        let phrase = wanted.join(" ");
        let mut scored: Vec<_> = self
            .faults()
            .filter_map(|fault| {
                let (matched, weight) = score(fault, &wanted, &phrase);
                (matched > 0).then_some((matched, weight, fault))
            })
            .collect();
        // Stable: equals stay in tile order.
        scored.sort_by_key(|(matched, weight, _)| std::cmp::Reverse((*matched, *weight)));
        let best = scored.first().map_or(0, |(matched, _, _)| *matched);
        scored
            .into_iter()
            // Half the best match's words or fewer is noise beside it.
            .take_while(|(matched, _, _)| matched * 2 > best)
            .take(limit)
            .map(|(_, _, fault)| Hit {
                path: fault.path(),
                room: fault.room.name.clone(),
                item: fault.item.name.clone(),
                problem: fault.problem.name.clone(),
            })
            .collect()
    }
}

fn score(fault: Found<'_>, wanted: &[String], phrase: &str) -> (usize, u32) {
    let problem = words(&fault.problem.name);
    let item = words(&fault.item.name);
    let room = words(&fault.room.name);
    let keywords: Vec<Vec<String>> = fault.problem.keywords.iter().map(|keyword| words(keyword)).collect();
    let keyword_words: BTreeSet<&String> = keywords.iter().flatten().collect();

    let mut matched = 0;
    let mut weight = 0;
    for want in wanted {
        let best = [
            (4, nearest(want, problem.iter())),
            (4, nearest(want, keyword_words.iter().copied())),
            (3, nearest(want, item.iter())),
            (1, nearest(want, room.iter())),
        ]
        .into_iter()
        .map(|(value, closeness)| value * closeness)
        .max()
        .unwrap_or(0);
        if best > 0 {
            matched += 1;
            weight += best;
        }
    }
    // The whole phrase as somebody wrote it into the catalogue beats the same words scattered.
    let name = problem.join(" ");
    if matched > 1 && (name.contains(phrase) || keywords.iter().any(|k| k.join(" ").contains(phrase))) {
        weight += 20;
    }
    if name == phrase {
        weight += 10;
    }
    (matched, weight)
}

fn nearest<'a>(want: &str, offered: impl Iterator<Item = &'a String>) -> u32 {
    offered.map(|word| closeness(want, word)).max().unwrap_or(0)
}

/// 4 the same word, 3 its beginning, 2 the same word with another ending, 1 one slip of the finger, 0 another word.
fn closeness(want: &str, word: &str) -> u32 {
    let letters = want.chars().count();
    if want == word {
        4
    } else if letters >= 2 && word.starts_with(want) {
        3
    } else if word.chars().count() >= 4 && want.starts_with(word) {
        2
    } else {
        u32::from(letters >= 5 && one_slip(want, word))
    }
}

/// One letter missing, extra, wrong, or two neighbours swapped.
fn one_slip(a: &str, b: &str) -> bool {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let rest = |text: &[char], from: usize| text.get(from..).unwrap_or_default().to_vec();
    let (a, b) = (rest(&a, start), rest(&b, start));
    let swapped = match (a.as_slice(), b.as_slice()) {
        ([a0, a1, a_rest @ ..], [b0, b1, b_rest @ ..]) => a0 == b1 && a1 == b0 && a_rest == b_rest,
        _ => false,
    };
    swapped || rest(&a, 1) == b || a == rest(&b, 1) || rest(&a, 1) == rest(&b, 1)
}

fn query_words(query: &str) -> Vec<String> {
    let all = words(query);
    let telling: Vec<String> = all.iter().filter(|word| !EMPTY_WORDS.contains(&word.as_str())).cloned().collect();
    telling.into_iter().take(MAX_WORDS).collect()
}

/// Lower-case words; "won't" is one word, "wont".
pub(super) fn words(text: &str) -> Vec<String> {
    text.replace(['\'', '’'], "")
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn top(query: &str) -> String {
        let hits = Catalogue::default_uk().search(query, 5);
        hits.first().map(|hit| hit.path.to_string()).unwrap_or_default()
    }

    #[test]
    fn everyday_words_find_the_fault() {
        for (query, path) in [
            ("no hot water", "heating/hot-water/none"),
            ("NO HEATING", "heating/boiler/no-heating"),
            ("mice", "pests/rodents/mice"),
            ("bed bugs", "pests/insects/bed-bugs"),
            ("lift not working", "communal/lift/not-working"),
            ("blocked gutter", "roof/gutter/blocked"),
            ("radiator cold", "heating/radiator/cold"),
            ("smoke alarm beeping", "electrics/smoke-alarm/chirping"),
        ] {
            assert_eq!(top(query), path, "{query}: {:#?}", Catalogue::default_uk().search(query, 5));
        }
    }

    #[test]
    fn single_words_bring_the_right_kind() {
        for (query, expected) in [("mould", "mould"), ("boiler", "boiler"), ("toilet", "toilet"), ("wasps", "pests"), ("boi", "boiler")] {
            assert!(top(query).contains(expected), "{query} found {}", top(query));
        }
    }

    #[test]
    fn slips_and_endings_are_forgiven() {
        for (query, expected) in [("boilr", "boiler"), ("toliet", "toilet"), ("raditor", "radiator"), ("boilers", "boiler")] {
            assert!(top(query).contains(expected), "{query} found {}", top(query));
        }
        assert!(one_slip("boiler", "boler") && one_slip("boler", "boiler") && one_slip("toliet", "toilet"));
        assert!(!one_slip("boiler", "toiled") && !one_slip("boil", "boiler"));
    }

    #[test]
    fn nonsense_finds_nothing_and_breaks_nothing() {
        let catalogue = Catalogue::default_uk();
        for query in ["", "   ", "the my a", "xyzzyq", "\0", "…", "🛁🛁", &"a ".repeat(5000)] {
            assert!(catalogue.search(query, 5).len() <= 5, "{query:?}");
        }
        assert!(catalogue.search("xyzzyq", 5).is_empty());
        assert!(catalogue.search("the my", 5).is_empty());
        assert!(catalogue.search("tap", 0).is_empty());
    }

    #[test]
    fn every_fault_can_be_found_by_its_own_words() {
        let catalogue = Catalogue::default_uk();
        for fault in catalogue.faults() {
            let query = format!("{} {}", fault.item.name, fault.problem.name);
            let hits = catalogue.search(&query, 6);
            assert!(hits.iter().any(|hit| hit.path == fault.path()), "{query} does not find {}: {hits:#?}", fault.path());
        }
    }
}
