//! REST /api/v1: a frozen public promise.
