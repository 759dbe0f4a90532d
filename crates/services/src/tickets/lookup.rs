//! Who is calling, and from where: homes by address, postcode, name or number; and who a ticket can be given to.

use domain::policy::Act;
use domain::tickets::{HomeHit, Member};
use domain::values::clean;

use super::sql;
use crate::{Cx, Result, Staff};

const SHOWN: i64 = 12;
const MOST_WORDS: usize = 6;

/// Homes where every word typed is found. Two letters are too few to look for.
pub async fn homes(cx: &Cx<Staff>, typed: &str) -> Result<Vec<HomeHit>> {
    let text = clean(typed).to_lowercase();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_number = digits.len() >= 6 && text.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c));
    let words: Vec<&str> =
        if is_number { vec![digits.as_str()] } else { text.split([' ', ',']).filter(|w| !w.is_empty()).take(MOST_WORDS).collect() };
    if words.iter().map(|w| w.chars().count()).sum::<usize>() < 2 {
        return Ok(Vec::new());
    }
    let patterns: Vec<String> = words.into_iter().map(|w| format!("%{}%", escape(w))).collect();
    let mut tx = cx.begin(Act::CreateTicket).await?;
    let homes = sql::homes(&mut tx, &patterns, SHOWN).await?;
    tx.done().await?;
    Ok(homes)
}

/// Members a ticket can be given to, by name.
pub async fn assignable(cx: &Cx<Staff>) -> Result<Vec<Member>> {
    let mut tx = cx.begin(Act::ReadTickets).await?;
    let members = sql::assignable(&mut tx).await?;
    tx.done().await?;
    Ok(members)
}

/// `like` has signs of its own.
fn escape(word: &str) -> String {
    word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
