//! A person as initials or a picture.

use leptos::prelude::*;

use crate::attr::classes;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AvatarSize {
    /// 20 px, for rows.
    #[default]
    Small,
    /// 28 px.
    Medium,
    /// 40 px.
    Large,
}

/// A person. Beside their name it is decoration; alone, `named` makes it say the name.
#[component]
pub fn Avatar(
    #[prop(into)] name: String,
    #[prop(into, optional)] picture: String,
    #[prop(optional)] size: AvatarSize,
    /// There is no name beside it.
    #[prop(optional)]
    named: bool,
) -> impl IntoView {
    let size = match size {
        AvatarSize::Small => "",
        AvatarSize::Medium => "avatar--medium",
        AvatarSize::Large => "avatar--large",
    };
    let hue = format!("avatar--hue-{}", hue(&name));
    if !picture.is_empty() {
        let alt = if named { name } else { String::new() };
        return view! { <img class=classes(["avatar", size]) src=picture alt=alt/> }.into_any();
    }
    let initials = initials(&name);
    view! {
        <span
            class=classes(["avatar", size, &hue])
            role=named.then_some("img")
            aria-label=named.then(|| name.clone())
            aria-hidden=(!named).then_some("true")
            title=named.then_some(name)
        >
            {initials}
        </span>
    }
    .into_any()
}

/// The first letters of the first and the last word.
fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let letter = |word: Option<&&str>| word.and_then(|w| w.chars().find(|c| c.is_alphanumeric()));
    let last = if words.len() > 1 { letter(words.last()) } else { None };
    letter(words.first()).into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// The same person has the same hue everywhere.
fn hue(name: &str) -> u32 {
    // FNV-1a: a plain sum would give most names the same two or three hues.
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash ^ (hash >> 15)) % 6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_the_first_and_last_word() {
        assert_eq!(initials("Olive Okafor"), "OO");
        assert_eq!(initials("María de la Cruz"), "MC");
        assert_eq!(initials("Ng"), "N");
        assert_eq!(initials("(night) team"), "NT");
        assert_eq!(initials(""), "");
    }
}
