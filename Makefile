# `make help` lists what can be made. Nothing but git, make and Python 3.11 or newer is needed beforehand.
.DEFAULT_GOAL := help
.PHONY: help setup develop run test pytest chromium promtool lint format bench bench-report chaos ci pins clean

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install --quiet --root-user-action=ignore

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.installed ## build the environment in .venv (run and test do it by themselves)

run: setup ## start the product; PORT and SOHO_HOME say where
	@$(BIN)/soho up

test: chromium promtool pytest ## run every test

pytest: develop .venv/.diffusers
	@# What needs torch is one group (xdist_group), so that one process of two imports it.
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

lint: develop ## check style, types, the arrows between rooms, and that no migration is missing
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@# Settings need a home and a key to be read at all; nothing is kept there.
	@home=$$(mktemp -d); trap 'rm -rf "$$home"' EXIT; \
		SOHO_HOME="$$home" SOHO_DATABASE_POOL=0 $(BIN)/python -W ignore::RuntimeWarning -m django \
		makemigrations --check --dry-run --settings soho.config.settings

format: develop ## put the code into the house style
	@$(BIN)/ruff check --fix-only
	@$(BIN)/ruff format

bench: develop ## measure, and print ratios
	@$(BIN)/python -m benchmarks $(ARGS)

bench-report: .venv/.reporting ## measure, and write docs/performance.md and docs/scaling.md of it (half an hour)
	@$(BIN)/python -m benchmarks.report $(ARGS)

chaos: develop ## break everything while generations run; SECONDS, GENERATIONS and SEED say how much
	@$(BIN)/python -m tests.chaos $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(GENERATIONS),--generations $(GENERATIONS)) $(if $(SEED),--seed $(SEED)) $(ARGS)

ci: ## what every change must pass: lint, then test
	@bash .ci/run

develop: .venv/.developed

chromium: develop
	@sh scripts/ensure-chromium

promtool: develop
	@sh scripts/ensure-promtool

pins: .venv/.created ## write requirements/*.txt anew from pyproject.toml
	@$(INSTALL) uv
	@sh scripts/pin

clean: ## remove the environment and what tools left behind
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist build

.venv/.created:
	@python=$$(sh scripts/find-python) && $$python -m venv .venv
	@touch $@

.venv/.installed: .venv/.created requirements/base.txt requirements/build.txt pyproject.toml
	@echo "Installing Soho into .venv (once; about a minute) ..."
	@$(INSTALL) --require-hashes -r requirements/base.txt -r requirements/build.txt
	@$(INSTALL) --no-build-isolation --no-deps --editable .
	@touch $@

# Not pinned by hashes: which build of torch is right depends on the machine.
.venv/.diffusers: .venv/.developed
	@echo "Installing torch and diffusers for the tests into .venv (once; about a minute) ..."
	@$(INSTALL) --no-build-isolation --editable '.[diffusers]'
	@touch $@

.venv/.developed: .venv/.installed requirements/dev.txt
	@echo "Installing what the tests need into .venv (once; about a minute) ..."
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

.venv/.reporting: .venv/.developed requirements/report.txt
	@echo "Installing what draws the plots into .venv (once) ..."
	@$(INSTALL) --require-hashes -r requirements/report.txt
	@touch $@
