# What there is to do; logic lives in scripts/ and crates/xtask. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help run watch test check fmt lint deny unit e2e bundle budget sqlx migrate openapi bench clean-data
SHELL := bash

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: ## build Fettle and run the demonstration (PROFILE=release for the small bundle and fast server)
	@exec bash scripts/run.sh
watch: ## the same, rebuilt and restarted on every change
	@exec bash scripts/watch.sh
test: ## the whole suite, ending in one line of totals
	@exec bash scripts/test.sh
check: ## does it compile, and do the walls stand
	@. scripts/env.sh && cargo xtask arch && cargo check --workspace --all-targets
fmt: ## format everything
	@. scripts/env.sh && cargo fmt --all
deny: ## licences, sources and doors of everything we build on
	@exec bash scripts/deny.sh
lint: ## clippy on everything, warnings refused
	@. scripts/env.sh && cargo clippy --workspace --all-targets -- --deny warnings
unit: ## Rust tests on a Postgres of their own (ARGS='-p services tickets')
	@. scripts/env.sh && . scripts/postgres.sh && trap stop_postgres EXIT && start_postgres && TEST_DATABASE_URL="$$PG_URL" cargo nextest run $(ARGS)
e2e: ## browser tests with the bundle that is built (ARGS='--project=phone')
	@exec bash scripts/e2e.sh $(ARGS)
bundle: ## the browser half, small and precompressed
	@. scripts/env.sh && cargo xtask bundle --release
budget: bundle ## what a first visit costs, by portal
	@. scripts/env.sh && cargo xtask budget
sqlx: ## describe the queries afresh in .sqlx, after SQL or migrations changed
	@exec bash scripts/sqlx.sh
migrate: ## bring the database of FETTLE_OWNER_DATABASE_URL up to date
	@. scripts/env.sh && cargo run --quiet --package server -- migrate
openapi: ## write the API's description to openapi.json
	@. scripts/env.sh && cargo run --quiet --package server -- openapi > openapi.json.new && mv openapi.json.new openapi.json
bench: ## measure; figures belong in docs/benchmarks.md
	@exec bash scripts/bench.sh $(ARGS)
clean-data: ## forget the demonstration's database and files
	@exec bash scripts/clean-data.sh
