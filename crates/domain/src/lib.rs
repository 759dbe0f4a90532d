//! What is true: ids, values, states, rules and policy. No IO, asks no clock.
