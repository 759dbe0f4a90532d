//! The account pages.
