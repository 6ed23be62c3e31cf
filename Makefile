# Two commands matter: `make run` and `make test`.
PYTHON ?= python3.11

.PHONY: run test setup setup-dev train demo lint crash bench eval clean

run: export AFTERCARE_UNRELEASED_FILES ?= use
run: setup train  ## start everything on SQLite with demo patients; Ctrl-C stops it
	@.venv/bin/aftercare demo
	@exec .venv/bin/honcho start

test: setup-dev train  ## the whole suite
	@if command -v npm >/dev/null; then cd tests/e2e && npm ci --silent; fi
	.venv/bin/python -m pytest -n 2 --dist loadfile tests/unit tests/integration
	.venv/bin/python -m pytest -n 2 --dist loadfile tests/conversation tests/crash
	.venv/bin/python -m pytest tests/e2e

setup: ## make both environments, unless they are up to date
	@PYTHON=$(PYTHON) scripts/setup.sh app
	@PYTHON=$(PYTHON) UV=.venv/bin/uv engine/setup.sh

setup-dev: ## the same with the tools that tests need
	@PYTHON=$(PYTHON) scripts/setup.sh dev
	@PYTHON=$(PYTHON) UV=.venv/bin/uv engine/setup.sh

train: ## train the model, unless it is up to date
	@engine/train.sh

lint: setup-dev ## style, types, and the pathways
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/aftercare pathway check

crash: setup-dev train ## kill every process at every point, on both databases; results/crash.json
	.venv/bin/python -m tests.crash

bench: setup-dev train ## figures beside their yardsticks, into results/
	.venv/bin/python -m benchmarks

eval: setup-dev train ## how well messages are understood, beside baselines, into results/
	.venv/bin/python -m evaluation

lock: ## remake the lock files after a change of dependencies
	scripts/lock.sh
	engine/lock.sh

clean: ## forget everything that was made here, patients' data included
	rm -rf .venv engine/.venv models var .rasa results
