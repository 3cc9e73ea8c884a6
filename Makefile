# Words to know: setup, demo, test, check. Each creates what it needs.
.DEFAULT_GOAL := help
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

.PHONY: reference mutate-wall help setup setup-dev demo test check format lock messages clean bench

help: ## Say what can be made.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(VENV)/.ready ## Prepare .venv with the punte command.

$(VENV)/.ready: requirements.lock pyproject.toml tools/setup.sh
	@sh tools/setup.sh requirements.lock .ready

setup-dev: $(VENV)/.ready-dev

$(VENV)/.ready-dev: requirements-dev.lock pyproject.toml tools/setup.sh
	@sh tools/setup.sh requirements-dev.lock .ready-dev

demo: setup ## Start the sample edition: set up, migrate, load, solve, serve (PORT=8000).
	@$(BIN)/punte demo --port $(PORT)

test: setup-dev ## Run the whole suite, browser tests included where a Chromium is found.
	@sh tools/find_chromium.sh
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

check: setup-dev ## Lint, types, import contracts, sizes.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python tools/check_sizes.py
	@$(BIN)/python tools/lay_out_templates.py --check
	@$(BIN)/lint-imports
	@$(BIN)/mypy

mutate-wall: setup-dev ## Break the wall on purpose; the security tests must notice each time.
	@$(BIN)/python tools/mutate_wall.py

format: setup-dev ## Put the code into the house's form.
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/python tools/lay_out_templates.py

messages: setup-dev ## Gather marked strings into the catalogues; translate what waits.
	@$(BIN)/python tools/write_messages.py

reference: setup-dev ## Write the references of the command line, the API and personal data from themselves.
	@$(BIN)/python tools/write_cli_reference.py
	@PYTHONPATH=src $(BIN)/python tools/write_personal_data.py
	@$(BIN)/python tools/write_api_reference.py

lock: ## Resolve the two locks again (needs uv); they carry hashes and no index address.
	uv pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 --no-emit-index-url --custom-compile-command "make lock" -o requirements.lock -q
	uv pip compile pyproject.toml --group dev -c requirements.lock --universal --generate-hashes --python-version 3.11 --no-emit-index-url --custom-compile-command "make lock" -o requirements-dev.lock -q
