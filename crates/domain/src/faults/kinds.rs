//! The small closed lists a fault is described with: how soon, what kind, who mends it, what it may do to people.

/// Writes an enum whose stored code, JSON form and label stand on one line, so that they cannot drift apart.
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stored code: SCREAMING_SNAKE_CASE, never changed once released.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }

            /// The words people read.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.label())
            }
        }
    };
}

pub(crate) use coded;

coded! {
    /// How soon somebody must come. Ordered from least to most pressing, so `max` raises and never lowers.
    Priority {
        Routine = "ROUTINE", "Routine";
        Urgent = "URGENT", "Urgent";
        Emergency = "EMERGENCY", "Emergency";
    }
}

impl Priority {
    /// One step more pressing; an emergency stays one.
    pub const fn raised(self) -> Self {
        match self {
            Self::Routine => Self::Urgent,
            Self::Urgent | Self::Emergency => Self::Emergency,
        }
    }
}

coded! {
    /// What kind of work it is: the coarse drawer used for filters and reports.
    Category {
        Plumbing = "PLUMBING", "Plumbing";
        Electrical = "ELECTRICAL", "Electrical";
        Hvac = "HVAC", "Heating and hot water";
        Appliance = "APPLIANCE", "Appliance";
        Structural = "STRUCTURAL", "Building";
        PestControl = "PEST_CONTROL", "Pest control";
        DampMould = "DAMP_MOULD", "Damp and mould";
        Other = "OTHER", "Other";
    }
}

coded! {
    /// Who is normally sent.
    Trade {
        Plumber = "PLUMBER", "Plumber";
        GasEngineer = "GAS_ENGINEER", "Gas and heating engineer";
        Electrician = "ELECTRICIAN", "Electrician";
        Carpenter = "CARPENTER", "Carpenter or joiner";
        Roofer = "ROOFER", "Roofer";
        Glazier = "GLAZIER", "Glazier";
        Locksmith = "LOCKSMITH", "Locksmith";
        PestController = "PEST_CONTROLLER", "Pest controller";
        DampSpecialist = "DAMP_SPECIALIST", "Damp specialist";
        ApplianceEngineer = "APPLIANCE_ENGINEER", "Appliance engineer";
        Plasterer = "PLASTERER", "Plasterer";
        Drainage = "DRAINAGE", "Drainage engineer";
        MultiSkilled = "MULTI_SKILLED", "General builder";
        LiftEngineer = "LIFT_ENGINEER", "Lift engineer";
        FireAlarmEngineer = "FIRE_ALARM_ENGINEER", "Fire and alarm engineer";
        Groundworker = "GROUNDWORKER", "Groundworker";
        Scaffolder = "SCAFFOLDER", "Scaffolder";
        Decorator = "DECORATOR", "Decorator";
    }
}

coded! {
    /// What the fault may do to the people living with it.
    ///
    /// The finest list in use in the UK: the 29 hazards of the Housing Health and Safety Rating System, which Wales
    /// keeps as its "matters and circumstances". England merged them into 21 on 23 June 2026 (SI 2026/571). A fine
    /// code can be folded into a coarse one later, never the other way round.
    Hazard {
        DampMould = "DAMP_MOULD", "Damp and mould growth";
        ExcessCold = "EXCESS_COLD", "Excess cold";
        ExcessHeat = "EXCESS_HEAT", "Excess heat";
        Asbestos = "ASBESTOS", "Asbestos and mineral fibres";
        Biocides = "BIOCIDES", "Biocides";
        CarbonMonoxide = "CARBON_MONOXIDE", "Carbon monoxide and fuel combustion";
        Lead = "LEAD", "Lead";
        Radiation = "RADIATION", "Radiation";
        FuelGas = "FUEL_GAS", "Uncombusted fuel gas";
        AirPollutants = "AIR_POLLUTANTS", "Indoor air pollutants";
        Crowding = "CROWDING", "Crowding and space";
        Intruders = "INTRUDERS", "Entry by intruders";
        Lighting = "LIGHTING", "Lighting";
        Noise = "NOISE", "Noise";
        DomesticHygiene = "DOMESTIC_HYGIENE", "Domestic hygiene, pests and refuse";
        FoodSafety = "FOOD_SAFETY", "Food safety";
        Sanitation = "SANITATION", "Personal hygiene, sanitation and drainage";
        WaterSupply = "WATER_SUPPLY", "Water supply";
        FallsBath = "FALLS_BATH", "Falls associated with baths";
        FallsLevel = "FALLS_LEVEL", "Falls on the level";
        FallsStairs = "FALLS_STAIRS", "Falls on stairs and steps";
        FallsBetweenLevels = "FALLS_BETWEEN_LEVELS", "Falls between levels";
        Electrical = "ELECTRICAL", "Electrical hazards";
        Fire = "FIRE", "Fire";
        HotSurfaces = "HOT_SURFACES", "Flames, hot surfaces and scalds";
        Collision = "COLLISION", "Collision and entrapment";
        Explosion = "EXPLOSION", "Explosions";
        Ergonomics = "ERGONOMICS", "Position and use of amenities";
        StructuralCollapse = "STRUCTURAL_COLLAPSE", "Structural collapse and falling elements";
    }
}

coded! {
    /// Who normally puts it right. `Check` means it depends on the agreement or the cause, and staff decide.
    Responsibility {
        Landlord = "LANDLORD", "Landlord";
        Tenant = "TENANT", "Tenant";
        Check = "CHECK", "Needs checking";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emergency_is_the_highest_priority() {
        assert_eq!(Priority::ALL.iter().max(), Some(&Priority::Emergency));
        assert!(Priority::Emergency > Priority::Urgent && Priority::Urgent > Priority::Routine);
        assert_eq!(Priority::Routine.raised(), Priority::Urgent);
        assert_eq!(Priority::Emergency.raised(), Priority::Emergency);
    }

    #[test]
    fn codes_survive_a_round_trip_and_are_not_guessed() {
        for &priority in Priority::ALL {
            assert_eq!(Priority::parse(priority.as_str()), Some(priority));
        }
        for &category in Category::ALL {
            assert_eq!(Category::parse(category.as_str()), Some(category));
            assert_eq!(serde_json::to_value(category).unwrap(), category.as_str());
        }
        for &hazard in Hazard::ALL {
            assert_eq!(Hazard::parse(hazard.as_str()), Some(hazard));
        }
        assert_eq!(Hazard::ALL.len(), 29);
        assert_eq!(Priority::parse("emergency"), None);
        assert_eq!(Trade::parse(""), None);
    }
}
