//! Words in a tenant's own text that must not wait for somebody to read them.
//!
//! Red flags only ever raise. A flag raised wrongly costs a call-out; a flag missed may cost a life, so patterns are
//! wide, and "no smell of gas" is believed only when nothing in the same breath takes it back.

use super::kinds::{Category, Hazard, Priority, Trade};

pub(super) struct RedFlag {
    /// Completes "The report mentions …".
    pub(super) names: &'static str,
    pub(super) raises: Priority,
    pub(super) hazard: Option<Hazard>,
    /// Used when the tenant chose no fault.
    pub(super) category: Category,
    pub(super) trade: Trade,
    /// "gas ~ smell": both near each other, in any order. "no power": in a row. `*`: any ending.
    patterns: &'static [&'static str],
}

const fn flag(
    names: &'static str,
    raises: Priority,
    hazard: Option<Hazard>,
    category: Category,
    trade: Trade,
    patterns: &'static [&'static str],
) -> RedFlag {
    RedFlag { names, raises, hazard, category, trade, patterns }
}

use Category as C;
use Hazard as H;
use Priority::{Emergency, Routine, Urgent};
use Trade as T;

/// Most pressing first: when no fault was chosen, the first flag found names the category and the trade.
#[rustfmt::skip]
pub(super) const RED_FLAGS: &[RedFlag] = &[
    flag("a smell of gas", Emergency, Some(H::FuelGas), C::Hvac, T::GasEngineer,
        &["gas ~ smell*", "gas ~ smelt", "gas ~ stink*", "gas ~ leak*", "gas ~ escap*", "gas ~ whiff", "gas ~ hiss*",
          "rotten egg*"]),
    flag("carbon monoxide", Emergency, Some(H::CarbonMonoxide), C::Hvac, T::GasEngineer,
        &["carbon monoxide", "monoxide", "co alarm", "co detector", "co2 alarm", "yellow flame", "orange flame",
          "boiler ~ fumes", "fumes ~ heater"]),
    flag("fire or smoke", Emergency, Some(H::Fire), C::Other, T::MultiSkilled,
        &["on fire", "caught fire", "catch* fire", "fire ~ started", "had ~ fire", "flames", "smell* ~ smoke",
          "smoke coming", "smoke from", "smoke is coming", "full of smoke", "see ~ smoke", "arson"]),
    flag("burning or sparks", Emergency, Some(H::Electrical), C::Electrical, T::Electrician,
        &["spark*", "burning ~ smell*", "burnt ~ smell*", "burn* ~ plastic", "burn* ~ socket", "burn* ~ wire*",
          "burnt out", "scorch*", "melt* ~ socket", "melt* ~ plug", "melted", "socket ~ hot", "plug is hot",
          "plug very hot", "plug is very hot", "plug gets hot", "crackl*"]),
    flag("an electric shock or bare wires", Emergency, Some(H::Electrical), C::Electrical, T::Electrician,
        &["electric* shock", "electrocut*", "got ~ shock", "get* ~ shock", "gave ~ shock", "bare wire*",
          "exposed wire*", "exposed cable*", "live wire*", "live cable*", "wires ~ hanging", "wires ~ showing",
          "wires ~ sticking", "wires ~ exposed", "wires ~ bare"]),
    flag("water near electrics", Emergency, Some(H::Electrical), C::Plumbing, T::Plumber,
        &["water ~ through ~ light*", "water ~ from ~ light*", "water ~ out ~ light*", "water ~ near ~ light*",
          "water in the light*", "water in my light*", "water inside ~ light*", "water ~ socket*",
          "water ~ electrics", "water ~ fuse*", "leak* ~ light", "leak* ~ lights", "leak* ~ socket*",
          "leak* ~ electric*", "leak* ~ fuse*", "drip* ~ light", "drip* ~ lights", "drip* ~ socket*",
          "wet ~ socket*", "wet ~ electric*"]),
    flag("flooding", Emergency, Some(H::Sanitation), C::Plumbing, T::Plumber,
        &["flood*", "burst", "gush*", "pouring", "water ~ pours", "water ~ everywhere", "cannot ~ stop ~ water",
          "cant ~ stop ~ water", "cant ~ stop ~ leak", "cannot ~ stop ~ leak", "water ~ coming ~ ceiling",
          "water ~ through ~ ceiling"]),
    flag("a ceiling, wall or other part that may fall", Emergency, Some(H::StructuralCollapse), C::Structural, T::MultiSkilled,
        &["ceiling ~ collaps*", "ceiling ~ fall*", "ceiling ~ fell", "ceiling ~ bulg*", "ceiling ~ sag*",
          "ceiling ~ come* down", "ceiling ~ coming down", "ceiling ~ came down", "ceiling ~ caved",
          "wall ~ collaps*", "wall ~ fall*", "wall ~ fell", "wall ~ bulg*", "floor ~ collaps*", "floor ~ fell",
          "floor ~ caved", "roof ~ collaps*", "roof ~ caved", "collapsed", "brick* ~ fall*", "brick* ~ fell",
          "masonry", "chimney ~ lean*", "chimney ~ fall*", "balcony ~ loose", "balcony ~ fall*", "window ~ fall*",
          "window ~ hanging"]),
    flag("sewage", Emergency, Some(H::Sanitation), C::Plumbing, T::Drainage,
        &["sewage", "sewer*", "raw waste", "poo", "faeces", "excrement", "toilet ~ overflow*", "toilet ~ coming up",
          "toilet ~ backing up", "waste ~ coming up"]),
    flag("a person trapped", Emergency, Some(H::Collision), C::Other, T::LiftEngineer,
        &["trapped ~ lift", "stuck ~ in ~ lift", "trapped inside", "locked in", "someone ~ trapped",
          "people ~ trapped"]),
    flag("a break-in or a home that cannot be locked", Emergency, Some(H::Intruders), C::Structural, T::Locksmith,
        &["break in", "breakin", "broken into", "broke into", "burgl*", "kicked in", "kicked ~ door", "intruder*",
          "front door ~ wont", "front door ~ cant", "front door ~ cannot", "front door ~ smashed",
          "door ~ hanging off", "not secure", "unsecure*", "insecure", "locked out"]),
    flag("a home without electricity", Emergency, Some(H::Electrical), C::Electrical, T::Electrician,
        &["no electric", "no electrics", "no electricity", "without electric*", "no power at all",
          "power ~ whole ~ off", "no power ~ whole"]),
    flag("a home without water", Emergency, Some(H::WaterSupply), C::Plumbing, T::Plumber,
        &["no water at all", "no running water", "no mains water", "no cold water", "without water",
          "no water ~ whole", "no water ~ anywhere", "no drinking water"]),
    flag("the only toilet out of use", Emergency, Some(H::Sanitation), C::Plumbing, T::Plumber,
        &["only toilet", "only loo", "no working toilet", "without ~ toilet", "no toilet"]),
    flag("serious trouble breathing", Emergency, Some(H::DampMould), C::DampMould, T::DampSpecialist,
        &["cant breathe", "cannot breathe", "trouble breathing", "difficulty breathing", "struggl* ~ breath*",
          "hospital ~ mould", "hospital ~ damp", "hospital ~ breath*"]),

    flag("no heating or hot water", Urgent, Some(H::ExcessCold), C::Hvac, T::GasEngineer,
        &["no heating", "no heat", "no hot water", "no central heating", "without heating", "without hot water",
          "heating ~ not work*", "heating ~ broke*", "heating ~ wont", "heating ~ stopped", "boiler ~ not work*",
          "boiler ~ broke*", "boiler ~ wont", "boiler ~ stopped", "boiler ~ dead", "freezing"]),
    flag("a loss of power", Urgent, Some(H::Electrical), C::Electrical, T::Electrician,
        &["no power", "lost power", "power ~ gone", "power ~ out", "keeps tripping", "trips ~ electric*", "tripped"]),
    flag("a loss of water", Urgent, Some(H::WaterSupply), C::Plumbing, T::Plumber,
        &["no water", "water ~ brown", "water ~ dirty", "water ~ smells"]),
    flag("a leak", Urgent, None, C::Plumbing, T::Plumber, &["leak*", "water ~ ceiling"]),
    flag("a door or window that does not lock", Urgent, Some(H::Intruders), C::Structural, T::Locksmith,
        &["wont lock", "cant lock", "cannot lock", "not lock", "doesnt lock", "lock ~ broke*", "window ~ smashed",
          "window ~ broken", "wont close", "wont shut", "lost ~ keys", "stolen ~ keys"]),
    flag("abuse or threats", Urgent, Some(H::Intruders), C::Structural, T::Locksmith,
        &["domestic abuse", "domestic violence", "ex partner", "ex husband", "ex boyfriend", "threaten*",
          "restraining order", "harass*", "stalk*"]),
    flag("damp or mould", Urgent, Some(H::DampMould), C::DampMould, T::DampSpecialist,
        &["mould*", "mold*", "mildew", "damp*", "condensation", "black spots", "musty", "fungus"]),
    flag("asbestos", Urgent, Some(H::Asbestos), C::Structural, T::MultiSkilled, &["asbestos", "artex"]),
    flag("a danger of falling", Urgent, Some(H::FallsStairs), C::Structural, T::Carpenter,
        &["fell ~ stairs", "fell ~ steps", "fallen ~ stairs", "tripp* ~ stairs", "banister ~ loose",
          "banister ~ broke*", "handrail ~ loose", "handrail ~ broke*", "stair* ~ broke*", "stair* ~ rotten",
          "step ~ broken"]),
    flag("scalding water", Urgent, Some(H::HotSurfaces), C::Plumbing, T::Plumber, &["scald*", "water ~ too hot", "boiling ~ tap"]),
    flag("an alarm that does not work", Urgent, Some(H::Fire), C::Electrical, T::Electrician,
        &["smoke alarm ~ not", "smoke alarm ~ wont", "smoke alarm ~ broke*", "no smoke alarm", "no smoke alarms",
          "smoke detector ~ not", "fire door ~ broke*", "fire door ~ wont"]),
    flag("rats", Urgent, Some(H::DomesticHygiene), C::PestControl, T::PestController, &["rat", "rats"]),
    flag("pests", Routine, Some(H::DomesticHygiene), C::PestControl, T::PestController,
        &["mouse", "mice", "cockroach*", "bed bug*", "bedbug*", "wasp*", "infest*", "ants", "fleas"]),
    flag("an injury", Urgent, None, C::Other, T::MultiSkilled, &["injur*", "got hurt", "been hurt", "ambulance", "hospital"]),
];

/// Words that say a more vulnerable person lives there, whatever the form's own question was answered.
pub(super) const VULNERABLE_WORDS: &[&str] = &[
    "baby",
    "babies",
    "newborn",
    "toddler*",
    "pregnan*",
    "elderly",
    "pensioner*",
    "disab*",
    "wheelchair",
    "oxygen",
    "dialysis",
    "asthma*",
    "copd",
    "dementia",
    "bedbound",
    "housebound",
    "chemotherapy",
    "cancer",
    "vulnerable",
    "medical equipment",
    "heart condition",
];

/// A tenant's text, split once and asked many times.
pub(super) struct Text {
    words: Vec<Word>,
}

struct Word {
    text: String,
    /// Which breath it belongs to: the parts between commas and full stops.
    clause: usize,
}

/// How far apart the words of a "~" pattern may stand.
const NEAR: usize = 6;
/// Said directly before, these turn a flag off.
const DENIALS: &[&str] = &["no", "not", "without"];
/// Said anywhere in the same sentence, these make a denial doubtful: "no smell of gas now but there was".
const SECOND_THOUGHTS: &[&str] = &[
    "but",
    "now",
    "today",
    "though",
    "although",
    "yet",
    "until",
    "earlier",
    "before",
    "yesterday",
    "anymore",
    "sure",
    "longer",
    "only",
    "just",
    "except",
    "again",
];

impl Text {
    pub(super) fn new(text: &str) -> Self {
        let text = text.replace(['\'', '’'], "").to_lowercase();
        let mut words = Vec::new();
        for (clause, part) in text.split([',', '.', ';', ':', '!', '?', '\n', '(', ')']).enumerate() {
            words.extend(
                part.split(|c: char| !c.is_alphanumeric())
                    .filter(|word| !word.is_empty())
                    .map(|word| Word { text: word.to_owned(), clause }),
            );
        }
        Self { words }
    }

    pub(super) fn has(&self, flag: &RedFlag) -> bool {
        flag.patterns.iter().any(|pattern| self.says(pattern))
    }

    /// Whether the text says `pattern` somewhere and does not deny it there.
    pub(super) fn says(&self, pattern: &str) -> bool {
        let parts: Vec<Vec<&str>> = pattern.split('~').map(|part| part.split_whitespace().collect()).collect();
        let Some((first, others)) = parts.split_first() else {
            return false;
        };
        (0..self.words.len()).filter(|&at| self.row_at(at, first)).any(|at| {
            let window = at.saturating_sub(NEAR)..=at + NEAR;
            let mut earliest = at;
            let near = others.iter().all(|part| {
                let found = window.clone().find(|&other| other != at && self.row_at(other, part));
                earliest = earliest.min(found.unwrap_or(at));
                found.is_some()
            });
            near && !self.denied(earliest)
        })
    }

    fn row_at(&self, at: usize, row: &[&str]) -> bool {
        row.iter().enumerate().all(|(offset, stem)| {
            self.words.get(at + offset).is_some_and(|word| match stem.strip_suffix('*') {
                Some(beginning) => word.text.starts_with(beginning),
                None => word.text == *stem,
            })
        })
    }

    fn denied(&self, at: usize) -> bool {
        let Some(word) = self.words.get(at) else {
            return false;
        };
        let denial = at
            .checked_sub(1)
            .and_then(|before| self.words.get(before))
            .is_some_and(|before| before.clause == word.clause && DENIALS.contains(&before.text.as_str()));
        denial && !self.words.iter().any(|other| SECOND_THOUGHTS.contains(&other.text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        let text = Text::new(text);
        RED_FLAGS.iter().filter(|flag| text.has(flag)).map(|flag| flag.names).collect()
    }

    #[test]
    fn danger_is_heard_in_plain_words() {
        for (text, name) in [
            ("I can smell gas in the kitchen", "a smell of gas"),
            ("There's a funny smell, a bit like gas", "a smell of gas"),
            ("SMELLS OF ROTTEN EGGS!!", "a smell of gas"),
            ("the CO alarm is going off", "carbon monoxide"),
            ("socket sparked when I plugged in", "burning or sparks"),
            ("the plug is very hot to touch", "burning or sparks"),
            ("my son got a shock off the tap", "an electric shock or bare wires"),
            ("water is dripping out of the light", "water near electrics"),
            ("a pipe has burst", "flooding"),
            ("bedroom ceiling has come down", "a ceiling, wall or other part that may fall"),
            ("sewage in the garden", "sewage"),
            ("We’ve no electricity", "a home without electricity"),
            ("it is the only toilet", "the only toilet out of use"),
            ("no heating since Friday", "no heating or hot water"),
            ("the boiler won't start", "no heating or hot water"),
            ("black mould behind the wardrobe", "damp or mould"),
            ("my neighbour is stuck in the lift", "a person trapped"),
        ] {
            assert!(names(text).contains(&name), "{text}: {:?}", names(text));
        }
    }

    #[test]
    fn a_plain_denial_is_believed_and_a_doubtful_one_is_not() {
        assert!(!names("Boiler making noise. No smell of gas.").contains(&"a smell of gas"));
        assert!(!names("there are no sparks").contains(&"burning or sparks"));
        for doubtful in [
            "No smell of gas now but there was this morning",
            "no hot water and a smell of gas",
            "Smell of gas, no heating",
            "I can't smell gas any longer",
            "not sure, smell of gas",
        ] {
            assert!(names(doubtful).contains(&"a smell of gas"), "{doubtful}");
        }
    }

    #[test]
    fn ordinary_reports_raise_no_flag() {
        for text in ["", "The kitchen cupboard door has come off its hinge", "Please paint the fence", "\0 🛁 \u{202e}", "rattling handle"]
        {
            assert_eq!(names(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn everyday_words_are_not_mistaken_for_danger_to_life() {
        for text in [
            "The boiler light is flashing and there is no hot water",
            "Hot tap drips and the plug hole is slow",
            "Smoke alarm chirps from time to time, low battery",
            "The water in the shower is light brown",
            "Radiator is stuck on, the room is like an oven",
            "My son's bedroom window won't shut",
            "Fire door on the second floor is propped open",
            "The toilet seat is broken",
            "Gas bill is high since the boiler was changed",
            "Washing machine won't drain, code E20",
            "Kitchen light flickers when the kettle is on",
            "The wall needs painting after the leak",
        ] {
            let heard = Text::new(text);
            let raised: Vec<_> = RED_FLAGS.iter().filter(|flag| heard.has(flag) && flag.raises == Emergency).collect();
            assert!(raised.is_empty(), "{text}: {:?}", raised.iter().map(|flag| flag.names).collect::<Vec<_>>());
        }
    }

    #[test]
    fn flags_stand_in_order_of_priority_until_the_general_ones() {
        let first_urgent = RED_FLAGS.iter().position(|flag| flag.raises < Emergency).unwrap();
        assert!(RED_FLAGS[first_urgent..].iter().all(|flag| flag.raises < Emergency));
    }
}
