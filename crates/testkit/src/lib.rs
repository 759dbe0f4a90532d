//! TestApp, actors, fakes. A dev-dependency only.
