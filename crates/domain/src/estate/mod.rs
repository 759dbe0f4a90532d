//! The estate: **properties** (an address), their **units** (what is let), **tenancies** (the letting contract) and owner links.
//! The facts stored here from the start are those the legal clocks need: nation, tenure, landlord type, storeys, gas, alarms.

//!
//! Commands are parsed here from flat forms ([`NewProperty`], [`NewUnit`], [`NewTenancy`], [`NewOwnerLink`]); each turns back into its form,
//! so that editing starts from what is stored.

mod import;
mod owner;
mod property;
mod tenancy;
mod unit;
mod view;

use crate::people::words;
use serde::{Deserialize, Serialize};

pub use import::{Column, ImportKind, ImportReport, RowError};
pub use owner::{NewOwnerLink, OwnerForm, shares_fit};
pub use property::{NewProperty, PropertyForm};
pub use tenancy::{NewTenancy, TenancyForm};
pub use unit::{NewUnit, UnitForm};
pub use view::{
    OwnerLine, PropertyCard, PropertyDetail, PropertyFilter, TenancyCard, TenancyDetail, TenancyFilter, TenantLine, TicketLine, UnitCard,
    UnitDetail, UnitFilter, UnitLine,
};

words!(PropertyKind {
    House => "house", "House";
    Bungalow => "bungalow", "Bungalow";
    Flat => "flat", "Flat";
    Block => "block", "Block of flats";
    Hmo => "hmo", "House in multiple occupation";
    Other => "other", "Other";
});
words!(PropertyStatus {
    Active => "active", "Active";
    Void => "void", "Void";
    Archived => "archived", "Archived";
});
words!(UnitStatus {
    Let => "let", "Let";
    Void => "void", "Void";
    Archived => "archived", "Archived";
});
words!(TenancyStatus {
    Upcoming => "upcoming", "Upcoming";
    Active => "active", "Active";
    Ended => "ended", "Ended";
});
words!(Tenure {
    SocialRent => "social_rent", "Social rent";
    AffordableRent => "affordable_rent", "Affordable rent";
    PrivateRent => "private_rent", "Private rent";
    SharedOwnership => "shared_ownership", "Shared ownership";
    Leasehold => "leasehold", "Leasehold";
    Supported => "supported", "Supported housing";
});
words!(LandlordKind {
    HousingAssociation => "housing_association", "Housing association";
    Council => "council", "Council";
    Private => "private", "Private landlord";
    Agent => "agent", "Letting agent for a private landlord";
});
