//! The design system: components without domain or server functions.
