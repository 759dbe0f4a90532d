//! Composition: shells, routes, portals.
