# Everything that people and CI run. `make` alone lists it.

PYTHON := .venv/bin/python
JOBS ?= 2
QUICK := $(addprefix --ignore=tests/,bench lti_tool/practice_lms lti_tool/practice_lrs lti_tool/tryout)

.PHONY: help
help:  ## List what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: .venv/installed  ## Try the tool with a practice LMS, on this machine alone
	@$(PYTHON) -m lti_tool.tryout $(ARGS)

.PHONY: test
test: .venv/installed-dev  ## Everything: format, lint, types, all tests on both databases and in a browser
	@scripts/install_test_programs
	@$(MAKE) --no-print-directory lint
	@$(PYTHON) -m pytest -q -n $(JOBS) --dist worksteal $(ARGS)

.PHONY: check
check: lint  ## The quick loop: SQLite alone, no browser, no servers, nothing that is for practice
	@$(PYTHON) -m pytest -q -n $(JOBS) --dist worksteal -m "not browser and not servers" $(QUICK) $(ARGS)

.PHONY: lint
lint: .venv/installed-dev  ## Format, lint and types, without changing a file
	@$(PYTHON) -m ruff format --check --quiet . || { echo "Run 'make format'."; exit 1; }
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m mypy

.PHONY: format
format: .venv/installed-dev  ## Format the code, and mend what ruff can mend
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

.PHONY: bench
bench: .venv/installed-dev  ## Measure how fast it is
	@$(PYTHON) -m tests.bench $(ARGS)

.PHONY: migration
migration: .venv/installed-dev  ## Write a migration from the models: make migration m="add a column"
	@$(PYTHON) -m scripts.new_migration "$(m)"
	@$(PYTHON) -m ruff check --quiet --fix config/migrations
	@$(PYTHON) -m ruff format --quiet config/migrations

COMPILE = .venv/bin/pip-compile -q --generate-hashes --strip-extras --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host --no-emit-options --allow-unsafe $(ARGS)

.PHONY: lock
lock: .venv/installed-dev  ## Compile both lock files anew: make lock ARGS="--upgrade-package flask"
	@$(COMPILE) -o requirements.txt pyproject.toml
	@$(COMPILE) --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml

# The second environment holds the first: what the tool needs is in both lock files, alike.
.venv/installed: requirements.txt
	@scripts/install_packages requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt
	@scripts/install_packages requirements-dev.txt
	@touch .venv/installed $@
