# What people come for.
# The first interpreter that can import what reports need, asked and not assumed.
PYTHON ?= $(firstword $(foreach p,python3 /usr/bin/python3,$(shell $(p) -c 'import matplotlib, scipy' 2>/dev/null && echo $(p))) python3)
EXPERIMENTS := article-losses article-optimizers article-intended

.PHONY: deps data reproduce quick report contact-sheets catalogue bench detect agree callgrind phases lint format clean help
BUILD_PACKAGES  := gcc libc6-dev pkg-config libfyaml-dev libjansson-dev libpng-dev libsqlite3-dev zlib1g-dev libssl-dev
TEST_PACKAGES   := libcriterion-dev libpcg-cpp-dev libmpfr-dev python3-markdown-it man-db zsh python3-pandas sqlite3
REPORT_PACKAGES := gnuplot-nox python3 python3-matplotlib python3-numpy python3-scipy
DATA_PACKAGES   := dataset-fashion-mnist
LINT_PACKAGES   := clang clang-format clang-tidy libc6-dev-arm64-cross
FUZZ_PACKAGES   := clang libclang-rt-14-dev
deps: ## install what is missing, with apt; on another system, list it
	@.ci/deps.sh $(BUILD_PACKAGES) $(TEST_PACKAGES) $(REPORT_PACKAGES) $(DATA_PACKAGES)

data: ## download MNIST into data/, verified
	@engine/data/fetch.sh data

reproduce: deps ## train the article's networks, compare with what it published, write the reports
	@$(MAKE) --no-print-directory -j $(JOBS) all
	@tests/reproduce.sh $(BIN) results $(EXPERIMENTS)

quick: deps ## one epoch of everything (one seed) and all figures, in results/quick
	@$(MAKE) --no-print-directory -j $(JOBS) all
	@tests/reproduce.sh $(BIN) results/quick article-losses article-optimizers -- --set epochs=1
	@tests/reproduce.sh $(BIN) results/quick article-intended -- --set epochs=1 --set 'seeds=[1]'

report: all ## figures and report.md of every result in results/
	@for d in results/*/manifest.json; do $(BIN) report "$${d%/manifest.json}"; done

contact-sheets: ## every figure of reports of 1 to 100 made-up arms, to look at, in build/contact-sheets
	@$(PYTHON) tests/reports/contact_sheets.py

catalogue: all ## write docs/catalogue.md, docs/spec.md and docs/columns.md: what a spec may name, its keys, every column; and tests/reports/columns.json
	docs/catalogue.sh $(BIN) >$(BUILD)/catalogue.md
	mv $(BUILD)/catalogue.md docs/catalogue.md
	docs/spec.sh $(BIN) >$(BUILD)/spec.md
	mv $(BUILD)/spec.md docs/spec.md
	docs/columns.sh $(BIN) >$(BUILD)/columns.md
	mv $(BUILD)/columns.md docs/columns.md
	tests/reports/columns.sh $(BIN) >$(BUILD)/columns.json
	mv $(BUILD)/columns.json tests/reports/columns.json

.PHONY: crosscheck
crosscheck: all ## torch.autograd.gradcheck on our gradients, where python3-torch is installed
	$(PYTHON) tests/golden/crosscheck.py $(BIN)

BENCH := $(BUILD)/bench-$(VARIANT)
bench: ## kernels against this machine's limits, training steps against PyTorch; into results/bench
	@.ci/deps.sh $(BUILD_PACKAGES) $(REPORT_PACKAGES) python3-torch libopenblas0-pthread || true
	@$(MAKE) --no-print-directory $(BENCH)
	$(PYTHON) tests/bench/bench.py $(BENCH) --out results/bench

$(BENCH): $(OBJ)/tests/bench/steps.o $(call copies,tests/bench/kernels.c) $(ENGINE_LIB)
	$(call said,LINK,$@)
	$(Q)$(CC) $(OPT) $^ $(LDFLAGS) $(LIBS) -o $@

detect: all ## is a slow-down of 5 % found, and none where there is none? 20 times each; minutes, on an idle machine
	$(PYTHON) tests/bench/detect.py $(BIN) --out results/detect

agree: all ## what `time` measures of a step against `run`, for every element-wise optimizer; minutes
	$(PYTHON) tests/bench/agree.py $(BIN) --out results/agree

INSTRUCTIONS := $(BUILD)/instructions-$(VARIANT)
OPTIMIZERS ?= sgd adagrad adam
PHASES_OF ?= f32 sgd 1 2000
callgrind: ## instructions of a training step (OPTIMIZERS=...), counted twice; needs no counters
	@.ci/deps.sh $(BUILD_PACKAGES) python3 valgrind
	@$(MAKE) --no-print-directory $(INSTRUCTIONS)
	$(PYTHON) tests/bench/instructions.py $(INSTRUCTIONS) --optimizers $(OPTIMIZERS) --out $(BUILD)/instructions.csv

$(INSTRUCTIONS): $(OBJ)/tests/bench/instructions.o $(ENGINE_LIB)
	$(call said,LINK,$@)
	$(Q)$(CC) $(OPT) $^ $(LDFLAGS) $(LIBS) -o $@

PHASES := $(BUILD)/phases-$(VARIANT)
phases: ## what a training step spends on each phase (PHASES_OF="f32 adam 1 2000"), and what asking costs
	@.ci/deps.sh $(BUILD_PACKAGES)
	@$(MAKE) --no-print-directory $(PHASES)
	$(PHASES) $(PHASES_OF)

$(PHASES): $(addprefix $(OBJ)/,tests/bench/phases.o harness/counter/phases.o harness/stats/sample.o harness/machine/tsc.o) $(ENGINE_LIB)
	$(call said,LINK,$@)
	$(Q)$(CC) $(OPT) $^ $(LDFLAGS) $(LIBS) -o $@
