use domain::values::{PhoneE164, clean};
use phonenumber::Mode;

/// A telephone number as people in the UK type it (`07700 900 982`, `(0113) 496 0000`, `+44 (0)113 496 0000`, `0033 1 …`), read by the
/// numbering plan. An extension cannot be dialled from a text or a link and is refused rather than dropped.
pub fn read_phone(typed: &str) -> Option<PhoneE164> {
    let text = clean(typed);
    if !text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+()-./".contains(c)) {
        return None;
    }
    // `+44 (0)113`: the bracketed zero is for callers at home and is not part of the number.
    let text = text.replacen("(0)", "", usize::from(text.starts_with('+') || text.starts_with("00")));
    // The international prefix of the UK.
    let text = text.strip_prefix("00").map_or_else(|| text.clone(), |rest| format!("+{rest}"));
    let number = phonenumber::parse(Some(phonenumber::country::GB), &text).ok()?;
    let e164 = number.format().mode(Mode::E164).to_string();
    let is_for_drama = e164.len() == 13 && FOR_DRAMA.iter().any(|prefix| e164.starts_with(prefix));
    if !is_for_drama && !phonenumber::is_valid(&number) {
        return None;
    }
    PhoneE164::parse(&e164)
}

/// Ofcom keeps these free for drama and examples; the numbering plan calls them unassigned, and our own hints and demonstrations use them.
const FOR_DRAMA: [&str; 2] = ["+447700900", "+441632960"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_in_the_uk_type_them() {
        for (typed, e164) in [
            ("07700 900 982", "+447700900982"),
            ("07700900982", "+447700900982"),
            ("0113 496 0000", "+441134960000"),
            ("(0113) 496-0000", "+441134960000"),
            ("+44 (0)113 496 0000", "+441134960000"),
            ("+44 113 496 0000", "+441134960000"),
            ("0044 113 496 0000", "+441134960000"),
            ("020 7946 0000", "+442079460000"),
            ("0800 111 999", "+44800111999"),
            ("+33 1 42 68 53 00", "+33142685300"),
            ("00353 1 800 1000", "+35318001000"),
        ] {
            assert_eq!(read_phone(typed).map(String::from).as_deref(), Some(e164), "{typed}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_refused_and_nothing_is_dropped() {
        for typed in [
            "",
            "0",
            "12345",
            "07700 900 98",
            "07700 900 9822",
            "0113 496 0000 ext 12",
            "call me",
            "+999 12345678",
            "٠٧٧٠٠٩٠٠٩٨٢",
            "07700\u{0}900982x",
        ] {
            assert_eq!(read_phone(typed), None, "{typed}");
        }
    }
}
