//! The tenant pages.
