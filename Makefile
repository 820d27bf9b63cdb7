# DiTi Studio. `make` alone lists the targets.
BIN := .venv/bin
ARGS ?=

export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.PHONY: help run test lint format packs clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run:  ## open the window (ARGS="photo.jpg" passes arguments); without a display, edit a sample to a file
	@sh packaging/setup.sh run
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ] || [ "$$(uname)" = Darwin ] || [ -n '$(subst ','\'',$(ARGS))' ]; then \
		exec $(BIN)/diti-studio $(ARGS); \
	else \
		echo "No display here (DISPLAY and WAYLAND_DISPLAY are not set): editing a bundled picture without the window."; \
		exec $(BIN)/python packaging/headless_demo.py; \
	fi

test: lint  ## lint, types, import contracts and all tests (ARGS="tests/studio -k edit" chooses)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

lint:  ## style, types and import contracts
	@sh packaging/setup.sh test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright
	$(BIN)/lint-imports --no-logo

format:  ## put the code in order
	@sh packaging/setup.sh test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

packs:  ## train the bundled packs from nothing, into out/packs; resumable (ten minutes each on an H100, days on two cores)
	@sh packaging/setup.sh test
	@for kind in faces rooms; do \
		echo "Training $$kind: 220,000 and 380,000 images; out/packs/$$kind.log tells how long is left. Ctrl-C keeps what is done."; \
		KINDS=$$kind OUT=out/packs WORK=out/packs/work DM_SECONDS=0 DITI_SECONDS=0 DM_IMAGES=220000 DITI_IMAGES=380000 \
			benchmarks/gpu.sh train || exit; \
	done

clean:  ## remove the environment and everything that was built
	rm -rf .venv build dist out .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
