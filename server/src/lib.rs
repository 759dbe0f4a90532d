//! Wiring: configuration, the web process, the worker, the subcommands of the binary `fettle`. A library so that tests can ask the very router
//! that runs.

pub mod backup;
pub mod commands;
pub mod config;
mod downloads;
pub mod installation;
pub mod migrate;
mod outside;
mod pages;
mod stage;
pub mod web;
