//! How a form's strings are read: each method keeps the value or notes, in words, why there is none. Nothing is guessed.

use std::ops::RangeInclusive;

use jiff::civil::Date;

use super::{FieldErrors, Pence, clean, clean_lines, required};

impl FieldErrors {
    pub fn text(&mut self, field: &str, typed: &str, what: &'static str, max: usize) -> Option<String> {
        self.take(field, required(typed, what, max))
    }

    /// `what` begins the sentence: "The name must be 120 characters or fewer".
    pub fn optional_text(&mut self, field: &str, typed: &str, what: &str, max: usize) -> Option<String> {
        self.within(field, clean(typed), what, max)
    }

    pub fn optional_lines(&mut self, field: &str, typed: &str, what: &str, max: usize) -> Option<String> {
        self.within(field, clean_lines(typed), what, max)
    }

    fn within(&mut self, field: &str, text: String, what: &str, max: usize) -> Option<String> {
        if text.chars().count() > max {
            self.add(field, format!("{what} must be {max} characters or fewer"));
            return None;
        }
        Some(text).filter(|t| !t.is_empty())
    }

    /// One of a closed list, by its code. `sentence` is said when nothing, or something else, was chosen.
    pub fn choice<T>(&mut self, field: &str, typed: &str, parse: impl Fn(&str) -> Option<T>, sentence: &str) -> Option<T> {
        let chosen = parse(typed.trim());
        if chosen.is_none() {
            self.add(field, sentence);
        }
        chosen
    }

    /// Empty is "not known".
    pub fn optional_number(&mut self, field: &str, typed: &str, what: &str, range: RangeInclusive<i32>) -> Option<i32> {
        let text = clean(typed);
        if text.is_empty() {
            return None;
        }
        let number = text.parse().ok().filter(|n| range.contains(n));
        if number.is_none() {
            self.add(field, format!("{what} must be a whole number from {} to {}", range.start(), range.end()));
        }
        number
    }

    /// `yes`, `no`, or empty for "not known".
    pub fn yes_no(&mut self, field: &str, typed: &str, sentence: &str) -> Option<bool> {
        match clean(typed).to_lowercase().as_str() {
            "" => None,
            "yes" | "true" | "y" => Some(true),
            "no" | "false" | "n" => Some(false),
            _ => {
                self.add(field, sentence);
                None
            }
        }
    }

    pub fn date(&mut self, field: &str, typed: &str, what: &str) -> Option<Date> {
        if clean(typed).is_empty() {
            self.add(field, format!("Enter {what}"));
            return None;
        }
        self.optional_date(field, typed, what)
    }

    pub fn optional_date(&mut self, field: &str, typed: &str, what: &str) -> Option<Date> {
        let text = clean(typed);
        if text.is_empty() {
            return None;
        }
        let date = read_date(&text);
        if date.is_none() {
            self.add(field, format!("Enter {what} as a real date, like 27/3/2027"));
        }
        date
    }

    pub fn optional_money(&mut self, field: &str, typed: &str, what: &str) -> Option<Pence> {
        let text = clean(typed);
        if text.is_empty() {
            return None;
        }
        let amount = Pence::parse(&text).filter(|p| (0..=10_000_000_000).contains(&p.0));
        if amount.is_none() {
            self.add(field, format!("{what} must be an amount in pounds, like 650 or 650.50"));
        }
        amount
    }
}

/// A date as people in the UK write it, day first (`27/3/2027`, `27.03.2027`, `27 March 2027`, `27 Mar 2027`), or as machines do
/// (`2027-03-27`). Two-digit years are refused: they would have to be guessed.
pub fn read_date(text: &str) -> Option<Date> {
    const MONTHS: [&str; 12] =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
    let text = text.trim().to_lowercase();
    let parts: Vec<&str> = text.split(['/', '.', '-', ' ']).filter(|p| !p.is_empty()).collect();
    let [first, second, third] = parts.as_slice() else { return None };
    let (day, month, year) = if first.len() == 4 { (third, second, first) } else { (first, second, third) };
    if year.len() != 4 {
        return None;
    }
    let month = match month.parse::<i8>() {
        Ok(number) => number,
        Err(_) if month.len() >= 3 => i8::try_from(MONTHS.iter().position(|m| m.starts_with(month))?).ok()? + 1,
        Err(_) => return None,
    };
    let year = year.parse::<i16>().ok().filter(|y| (1900..=2200).contains(y))?;
    Date::new(year, month, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_day_first_and_never_guessed() {
        let expected = jiff::civil::date(2027, 3, 27);
        for typed in ["27/3/2027", "27/03/2027", "27.03.2027", "27-3-2027", "2027-03-27", "27 March 2027", " 27 mar 2027 "] {
            assert_eq!(read_date(typed), Some(expected), "{typed}");
        }
        for wrong in ["", "27/3/27", "3/27/2027", "31/2/2027", "tomorrow", "2027", "27//2027", "27 ma 2027", "27/3/2027/1", "1/1/0001"] {
            assert_eq!(read_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_refusal_is_a_sentence_for_its_field() {
        let mut errors = FieldErrors::new();
        assert_eq!(errors.optional_number("storeys", "two", "Storeys", 1..=100), None);
        assert_eq!(errors.optional_number("built", "", "Year", 1500..=2200), None);
        assert_eq!(errors.date("start_on", " ", "the start date"), None);
        assert_eq!(errors.optional_date("end_on", "31/2/2027", "the end date"), None);
        assert_eq!(errors.optional_money("rent", "-5", "Rent"), None);
        assert_eq!(errors.yes_no("gas", "maybe", "Choose yes or no"), None);
        assert_eq!(errors.optional_text("name", "abcdef", "The name", 5), None);
        let said: Vec<(&str, &str)> = errors.iter().collect();
        assert_eq!(
            said,
            [
                ("end_on", "Enter the end date as a real date, like 27/3/2027"),
                ("gas", "Choose yes or no"),
                ("name", "The name must be 5 characters or fewer"),
                ("rent", "Rent must be an amount in pounds, like 650 or 650.50"),
                ("start_on", "Enter the start date"),
                ("storeys", "Storeys must be a whole number from 1 to 100"),
            ]
        );
    }
}
