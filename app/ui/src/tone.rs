//! The status hues. Colour never speaks alone: every component that takes a tone shows an icon and words too.

use crate::icon::IconName;

/// What a colour means here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Neither good nor bad.
    #[default]
    Grey,
    /// Emergency, failure, refusal.
    Red,
    /// Urgent, waiting for someone, a warning.
    Amber,
    /// Routine, in motion, information.
    Blue,
    /// Done, approved, healthy.
    Green,
    /// Paused, merged, set aside.
    Violet,
}

impl Tone {
    /// The suffix of its classes and tokens.
    pub const fn suffix(self) -> &'static str {
        match self {
            Tone::Grey => "grey",
            Tone::Red => "red",
            Tone::Amber => "amber",
            Tone::Blue => "blue",
            Tone::Green => "green",
            Tone::Violet => "violet",
        }
    }

    /// The class that gives a part its hue: `--tone`, `--tone-ink`, `--tone-soft` and `--tone-line`.
    pub const fn class(self) -> &'static str {
        match self {
            Tone::Grey => "tone-grey",
            Tone::Red => "tone-red",
            Tone::Amber => "tone-amber",
            Tone::Blue => "tone-blue",
            Tone::Green => "tone-green",
            Tone::Violet => "tone-violet",
        }
    }

    /// The icon of a message in this tone.
    pub const fn icon(self) -> IconName {
        match self {
            Tone::Grey | Tone::Blue => IconName::Info,
            Tone::Red => IconName::OctagonAlert,
            Tone::Amber => IconName::TriangleAlert,
            Tone::Green => IconName::CircleCheck,
            Tone::Violet => IconName::CirclePause,
        }
    }
}
