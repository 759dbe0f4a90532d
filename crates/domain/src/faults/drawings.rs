//! The drawings a tile may use. Each is a file in `public/drawings`, named by its code.

macro_rules! drawings {
    ($($code:literal)+) => {
        /// Every drawing there is, in alphabetical order.
        pub const CODES: &[&str] = &[$($code,)+];

        /// The drawing itself, to stand inside a page, where it takes the page's text colour and `--tint`.
        ///
        /// An `<img>` cannot: there the lines are black, also on a dark page.
        pub fn svg(code: &str) -> Option<&'static str> {
            match code {
                $($code => Some(include_str!(concat!("../../../../public/drawings/", $code, ".svg"))),)+
                _ => None,
            }
        }
    };
}

drawings! {
    "aerial" "bath" "bathroom" "bedroom" "bins" "bird" "block" "boiler" "ceiling-stain"
    "co-alarm" "cooker" "cupboard" "cylinder" "door" "door-entry" "drain" "extractor" "fence"
    "fire-door" "fireplace" "floor" "fridge" "fuse-box" "garage" "gutter" "hallway" "heater" "house"
    "insect" "kitchen" "lift" "light" "living-room" "mould" "mouse" "path" "pipe" "radiator"
    "roof" "shower" "sink" "smoke-alarm" "socket" "stairs" "tap" "thermostat" "toilet" "tree"
    "wall-crack" "washing-machine" "window"
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use super::*;
    use crate::faults::Catalogue;

    /// Drawn for organisations' own tiles though the default catalogue has no use for them.
    const SPARE: &[&str] = &[];

    fn folder() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../public/drawings")
    }

    #[test]
    fn codes_and_files_are_the_same_set() {
        let mut files: Vec<String> =
            std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        let mut expected: Vec<String> = CODES.iter().map(|code| format!("{code}.svg")).collect();
        expected.sort();
        assert_eq!(files, expected);
    }

    #[test]
    fn every_drawing_is_used() {
        let catalogue = Catalogue::default_uk();
        let used: BTreeSet<&str> = catalogue
            .rooms
            .iter()
            .flat_map(|room| std::iter::once(&room.drawing).chain(room.items.iter().map(|item| &item.drawing)))
            .map(String::as_str)
            .collect();
        let unused: Vec<_> = CODES.iter().filter(|code| !used.contains(*code) && !SPARE.contains(code)).collect();
        assert_eq!(unused, Vec::<&&str>::new());
    }

    /// One family: the same square, the current text colour, one tint that a theme can set, no scripts, small.
    #[test]
    fn drawings_belong_to_one_family() {
        for code in CODES {
            let svg = svg(code).unwrap();
            assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 96 96\""), "{code}");
            assert!(svg.trim_end().ends_with("</svg>"), "{code}");
            assert!(svg.len() < 2_500, "{code} has {} bytes", svg.len());
            assert!(svg.contains("currentColor") && svg.contains("var(--tint"), "{code}");
            assert!(!svg.contains("<script") && !svg.contains("href") && !svg.contains("id="), "{code}");
        }
    }
}
