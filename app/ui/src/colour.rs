//! Colour arithmetic: OKLab for mixing, sRGB and WCAG for contrast, and an organisation's own colour made legible.

use std::fmt::Write as _;

/// A colour in OKLab: perceived lightness 0 to 1, and the two axes of hue and strength.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Oklab {
    pub l: f64,
    pub a: f64,
    pub b: f64,
}

impl Oklab {
    /// From lightness (0 to 1), chroma and hue in degrees, as CSS `oklch()` writes them.
    pub fn from_oklch(l: f64, c: f64, hue: f64) -> Self {
        let (sin, cos) = hue.to_radians().sin_cos();
        Self { l, a: c * cos, b: c * sin }
    }

    /// From `#rrggbb`; `None` when it is not one.
    pub fn from_hex(hex: &str) -> Option<Self> {
        let digits = hex.trim().strip_prefix('#')?;
        if digits.len() != 6 || !digits.is_ascii() {
            return None;
        }
        let channel = |from: usize| {
            let byte = u8::from_str_radix(digits.get(from..from + 2)?, 16).ok()?;
            let x = f64::from(byte) / 255.0;
            Some(if x <= 0.040_45 { x / 12.92 } else { ((x + 0.055) / 1.055).powf(2.4) })
        };
        let (r, g, b) = (channel(0)?, channel(2)?, channel(4)?);
        let long = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let medium = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let short = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        Some(Self {
            l: 0.210_454_255_3 * long + 0.793_617_785_0 * medium - 0.004_072_046_8 * short,
            a: 1.977_998_495_1 * long - 2.428_592_205_0 * medium + 0.450_593_709_9 * short,
            b: 0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766_0 * short,
        })
    }

    /// `share` (0 to 1) of this colour in the other, as `color-mix(in oklab, …)` does it.
    pub fn mix(self, share: f64, other: Self) -> Self {
        let blend = |x: f64, y: f64| x * share + y * (1.0 - share);
        Self { l: blend(self.l, other.l), a: blend(self.a, other.a), b: blend(self.b, other.b) }
    }

    /// Linear light of red, green and blue, clipped to what a screen can show.
    fn linear(self) -> [f64; 3] {
        let long = (self.l + 0.396_337_777_4 * self.a + 0.215_803_757_3 * self.b).powi(3);
        let medium = (self.l - 0.105_561_345_8 * self.a - 0.063_854_172_8 * self.b).powi(3);
        let short = (self.l - 0.089_484_177_5 * self.a - 1.291_485_548_0 * self.b).powi(3);
        [
            4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701_0 * short,
        ]
        .map(|x| x.clamp(0.0, 1.0))
    }

    /// WCAG contrast with another colour, 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let luminance = |colour: Self| {
            let [r, g, b] = colour.linear();
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (x, y) = (luminance(self), luminance(other));
        (x.max(y) + 0.05) / (x.min(y) + 0.05)
    }

    /// As `#rrggbb`.
    pub fn to_hex(self) -> String {
        self.linear().into_iter().fold(String::from("#"), |mut hex, x| {
            let encoded = if x <= 0.003_130_8 { x * 12.92 } else { 1.055 * x.powf(1.0 / 2.4) - 0.055 };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 255")]
            let byte = (encoded * 255.0).round().clamp(0.0, 255.0) as u8;
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// The least contrast of text (WCAG 2.2, 1.4.3).
pub const TEXT_CONTRAST: f64 = 4.5;

/// An organisation's colour for both themes, moved in lightness only as far as legibility asks.
///
/// The colour is used for links and for buttons under white (or, in the dark theme, near-black) text, so it must stand
/// out from every ground of its theme. A colour that does not is darkened or lightened, never refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    light: String,
    dark: String,
}

impl Brand {
    const LIGHT_INK: &str = "#fdfefe";
    const DARK_INK: &str = "#0c1414";
    /// The deepest ground links stand on in the light theme and the palest in the dark one, with room for tinted rows.
    const LIGHT_GROUND: f64 = 0.945;
    const DARK_GROUND: f64 = 0.31;

    /// From the `#rrggbb` that the organisation chose.
    pub fn from_hex(hex: &str) -> Option<Self> {
        let chosen = Oklab::from_hex(hex)?;
        Some(Self {
            light: until_legible(chosen, Oklab { l: Self::LIGHT_GROUND, a: 0.0, b: 0.0 }, -0.005),
            dark: until_legible(Oklab { l: chosen.l.max(0.6), ..chosen }, Oklab { l: Self::DARK_GROUND, a: 0.0, b: 0.0 }, 0.005),
        })
    }

    /// Declarations for a `<style nonce>` block `:root { … }`; the site's policy forbids the style attribute.
    pub fn declarations(&self) -> String {
        let Self { light, dark } = self;
        format!("--org-brand:{light};--org-brand-ink:{};--org-brand-dark:{dark};--org-brand-dark-ink:{}", Self::LIGHT_INK, Self::DARK_INK)
    }
}

fn until_legible(mut colour: Oklab, ground: Oklab, step: f64) -> String {
    while colour.contrast(ground) < TEXT_CONTRAST && (0.0..=1.0).contains(&colour.l) {
        colour.l += step;
        // Towards black or white a strong hue cannot be shown; letting it fade keeps the hue instead of clipping it.
        colour.a *= 0.995;
        colour.b *= 0.995;
    }
    colour.to_hex()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    const TOKENS: &str = include_str!("../../../style/tokens.css");
    const MARK_CONTRAST: f64 = 3.0;

    type Theme = HashMap<String, String>;

    /// The declarations of the block that `opening` starts.
    fn block(opening: &str) -> Theme {
        let (_, rest) = TOKENS.split_once(opening).unwrap();
        let (body, _) = rest.split_once('}').unwrap();
        body.split(';')
            .filter_map(|line| line.split_once("--")?.1.split_once(':'))
            .map(|(name, value)| (format!("--{}", name.trim()), value.trim().to_owned()))
            .collect()
    }

    fn themes() -> [(&'static str, Theme); 2] {
        let light = block(":root {");
        let mut dark = light.clone();
        dark.extend(block("[data-theme=\"dark\"] {"));
        [("light", light), ("dark", dark)]
    }

    /// Splits at commas outside brackets.
    fn arguments(text: &str) -> Vec<&str> {
        let (mut depth, mut start, mut found) = (0, 0, Vec::new());
        for (at, c) in text.char_indices() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                ',' if depth == 0 => {
                    found.push(text[start..at].trim());
                    start = at + 1;
                }
                _ => {}
            }
        }
        found.push(text[start..].trim());
        found
    }

    fn resolve(theme: &Theme, value: &str) -> Oklab {
        let value = value.trim();
        let inside = |function: &str| value.strip_prefix(function).and_then(|v| v.strip_suffix(')'));
        if value.starts_with('#') {
            return Oklab::from_hex(value).unwrap();
        }
        if let Some(numbers) = inside("oklch(") {
            let n: Vec<f64> = numbers.split_whitespace().map(|n| n.parse().unwrap()).collect();
            return Oklab::from_oklch(n[0], n[1], n[2]);
        }
        if let Some(inner) = inside("color-mix(in oklab, ") {
            let parts = arguments(inner);
            let (colour, share) = parts[0].rsplit_once(' ').unwrap();
            let share: f64 = share.trim_end_matches('%').parse().unwrap();
            return resolve(theme, colour).mix(share / 100.0, resolve(theme, parts[1]));
        }
        if let Some(inner) = inside("var(") {
            let parts = arguments(inner);
            return match theme.get(parts[0]) {
                Some(value) => resolve(theme, value),
                None => resolve(theme, parts.get(1).unwrap_or_else(|| panic!("{} is unknown", parts[0]))),
            };
        }
        panic!("cannot read the colour {value}");
    }

    fn failures(name: &str, theme: &Theme) -> Vec<String> {
        let mut failures = Vec::new();
        let mut pairs = 0;
        for line in TOKENS.lines().filter_map(|l| l.split_once("* pair ").map(|(_, pair)| pair)) {
            let (kind, pair) = line.split_once(' ').unwrap();
            let (front, grounds) = pair.split_once(" / ").unwrap();
            let least = if kind == "text" { TEXT_CONTRAST } else { MARK_CONTRAST };
            for ground in grounds.split_whitespace() {
                pairs += 1;
                let contrast = resolve(theme, &format!("var({front})")).contrast(resolve(theme, &format!("var({ground})")));
                if contrast < least {
                    failures.push(format!("{name}: {front} on {ground} is {contrast:.2}, needs {least}"));
                }
            }
        }
        assert!(pairs > 60, "only {pairs} pairs were read");
        failures
    }

    #[test]
    fn every_declared_pair_is_legible_in_both_themes() {
        let failures: Vec<_> = themes().iter().flat_map(|(name, theme)| failures(name, theme)).collect();
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn an_organisations_colour_is_adjusted_until_it_is_legible() {
        for hex in ["#ffff00", "#ff0000", "#000000", "#ffffff", "#7fffd4", "#0b5fff", "#808080", "#f47738"] {
            let declared = Brand::from_hex(hex).unwrap().declarations();
            for (name, mut theme) in themes() {
                theme.extend(declared.split(';').map(|d| d.split_once(':').unwrap()).map(|(k, v)| (k.into(), v.into())));
                let failures = failures(&format!("{hex} {name}"), &theme);
                assert!(failures.is_empty(), "{}", failures.join("\n"));
            }
        }
    }

    #[test]
    fn a_legible_colour_is_left_as_chosen() {
        assert!(Brand::from_hex("#00504b").unwrap().declarations().contains("--org-brand:#00504b"));
        assert_eq!(Brand::from_hex("teal"), None);
        assert_eq!(Brand::from_hex("#12345é"), None);
    }

    #[test]
    fn contrast_agrees_with_known_values() {
        let (black, white) = (Oklab::from_hex("#000000").unwrap(), Oklab::from_hex("#ffffff").unwrap());
        assert!((black.contrast(white) - 21.0).abs() < 0.01);
        let grey = Oklab::from_hex("#767676").unwrap();
        assert!((grey.contrast(white) - 4.54).abs() < 0.01);
        assert_eq!(grey.to_hex(), "#767676");
    }
}
