//! Faults: what can be wrong with a home, and what follows from it.

mod kinds;

pub use kinds::{Category, Hazard, Priority, Responsibility, Trade};
