//! Value types: parsed once at the edge, valid ever after.

mod address;
mod contact;
mod field_errors;
mod money;
mod read;
mod text;

pub use address::{Address, AddressError, Country, Postcode, Uprn};
pub use contact::{EmailAddress, PhoneE164};
pub use field_errors::FieldErrors;
pub use money::Pence;
pub use read::read_date;
pub use text::{TextError, clean, clean_lines, required};
