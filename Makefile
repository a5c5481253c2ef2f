# make run: the dashboard; make test, make quick: all tests, those that are fast; make lint, train, score, bench: README.md
PYTHON ?= python3.11
CELEBA ?= ../shared/celeba
BIN = .venv/bin
EPOCHS = 22
DIST = --dist=loadscope --no-loadscope-reorder
# One worker more than there are cores: those of the browser wait more than they work.
PARALLEL = --numprocesses=$(shell expr $$(nproc) + 1) $(DIST)
# uv installs in a seventh of pip's time; where it cannot reach the index that pip is set up for, pip does it.
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python -r $(1) \
    || $(BIN)/python -m pip install --quiet --disable-pip-version-check -r $(1)
RECIPE = --epochs $(EPOCHS) --precision bfloat16 --replace
VARIATIONAL = --variational --epochs $(EPOCHS) --replace
STUDIES = studies/celeba studies/celeba-batchnorm studies/celeba-vae

# Compiled files are kept whatever the environment says: tests start some hundred processes.
export PYTHONDONTWRITEBYTECODE =

.PHONY: run test quick lint format train score bench clean

run: .venv/runtime
	$(BIN)/streamlit run dashboard.py

test: .venv/dev
	@$(BIN)/python -m pytest --collect-only --quiet >/dev/null || true  # compiles tests once, not in each worker
	$(BIN)/python -m pytest $(PARALLEL) --cov --cov-report=term

quick: .venv/dev
	$(BIN)/python -m pytest --numprocesses=$(shell nproc) $(DIST) -m "not slow and not browser" --hypothesis-profile=quick

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

train: .venv/runtime
	$(BIN)/python -m core train --images $(CELEBA) --study studies/celeba $(RECIPE)
	$(BIN)/python -m core train --images $(CELEBA) --study studies/celeba-batchnorm $(RECIPE) --batch-normalisation
	$(BIN)/python -m core train --images $(CELEBA) --study studies/celeba-vae $(VARIATIONAL)
	$(BIN)/python -m core attributes --study studies/celeba --images $(CELEBA) --precision bfloat16 --with-study
	for study in celeba-batchnorm celeba-vae; do \
	    (cd studies/$$study && sha256sum ../celeba/attributes.safetensors > attributes.sha256) || exit 1; \
	done
	for study in $(STUDIES); do \
	    $(BIN)/python -m core statistics --study $$study --out studies/.tables --replace --with-study || exit 1; \
	done
	rm -r studies/.tables

score: .venv/runtime
	for study in $(STUDIES); do \
	    for strategy in diffusion flow; do \
	        $(BIN)/python -m core fit --study $$study --strategy $$strategy --with-study && \
	        $(BIN)/python -m core fit --study $$study --strategy $$strategy --half --with-study || exit 1; \
	    done && \
	    $(BIN)/python -m core score --study $$study --with-study || exit 1; \
	done
	$(BIN)/python -m core results --replace

bench: .venv/dev
	$(BIN)/python -m bench

.venv/runtime: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"
	$(call INSTALL,requirements.txt)
	touch $@

.venv/dev: requirements-dev.txt .venv/runtime
	$(call INSTALL,requirements-dev.txt)
	touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
