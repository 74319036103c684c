# lossgrid: `make help` lists the targets.
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/bash

# ---- What can be set ---------------------------------------------------------
VARIANT ?= release#        release | debug | asan: each has its own objects
BUILD   ?= build
PREFIX  ?= /usr/local
JOBS    ?= $(shell nproc)
ifeq ($(origin CC),default)
CC := gcc
endif
OPT.release := -O3 -g
OPT.debug   := -O0 -g3
OPT.asan    := -O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
OPT ?= $(OPT.$(VARIANT))
ifeq ($(OPT),)
$(error unknown VARIANT '$(VARIANT)'; valid: release, debug, asan)
endif

# ---- Flags -------------------------------------------------------------------
# The numerics contract (docs/adr/0001): no contraction, no fast-math.
CONTRACT := -std=c17 -ffp-contract=off -fno-math-errno
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wdouble-promotion -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Wundef $(if $(CI),-Werror)
CFLAGS   ?=
ALL_CFLAGS = $(CONTRACT) $(OPT) $(WARNINGS) -D_GNU_SOURCE -Iinclude -I. -I$(OBJ)/generated -MMD -MP $(CFLAGS)
LIBS     := -pthread -lfyaml -ljansson -lpng -lz -lcrypto

TARGET := $(shell $(CC) -dumpmachine 2>/dev/null)
ISAS := $(if $(filter x86_64%,$(TARGET)),avx512 avx2)$(if $(filter aarch64%,$(TARGET)),neon) generic
ISA.generic :=
ISA.avx2    := -mavx2 -mfma
ISA.avx512  := -mavx512f -mavx512vl -mavx512dq -mavx512bw -mavx2 -mfma -mprefer-vector-width=512
ISA.neon    :=

# ---- Files -------------------------------------------------------------------
OBJ := $(BUILD)/obj/$(VARIANT)
BIN := $(BUILD)/lossgrid$(if $(filter-out release,$(VARIANT)),-$(VARIANT))
# Compiled once per precision and ISA: everything arithmetic.
TEMPLATE_SRC := $(sort $(wildcard $(addprefix engine/,math/*.c kernel/*.c activation/*.c loss/*.c optimizer/*.c schedule/*.c initialisation/*.c net/*.c)))
PLAIN_SRC    := $(sort $(wildcard engine/*.c engine/base/*.c engine/data/*.c engine/data/set/*.c))
HARNESS_SRC  := $(sort $(wildcard harness/*/*.c harness/*/*/*.c))
UNIT_SRC     := $(sort $(wildcard tests/unit/*.c tests/unit/harness/*/*.c tests/unit/harness/*/*/*.c $(addprefix tests/unit/engine/,*.c base/*.c data/*.c)))
UNIT_TEMPLATE_SRC := $(sort $(wildcard $(addprefix tests/unit/engine/,math/*.c kernel/*.c activation/*.c loss/*.c optimizer/*.c schedule/*.c initialisation/*.c net/*.c)))
names = $(sort $(basename $(notdir $(wildcard $(1)))))

copies = $(foreach i,$(ISAS),$(foreach p,32 64,$(patsubst %.c,$(OBJ)/f$(p)-$(i)/%.o,$(1))))
# And once in long double: the reference of lg_backend_reference().
TEMPLATE_OBJ := $(call copies,$(TEMPLATE_SRC)) $(TEMPLATE_SRC:%.c=$(OBJ)/wide-generic/%.o)
PLAIN_OBJ    := $(PLAIN_SRC:%.c=$(OBJ)/%.o)
HARNESS_OBJ  := $(HARNESS_SRC:%.c=$(OBJ)/%.o)
UNIT_OBJ     := $(UNIT_SRC:%.c=$(OBJ)/%.o) $(call copies,$(UNIT_TEMPLATE_SRC))
ENGINE_LIB   := $(OBJ)/liblossgrid.a
GENERATED    := $(OBJ)/generated/registry.h $(OBJ)/generated/build.h

.PHONY: all
all: $(BIN) ## build the program (VARIANT=release|debug|asan, CC=, OPT=, BUILD=)

$(BIN): $(OBJ)/harness/main.o $(HARNESS_OBJ) $(ENGINE_LIB)
	$(CC) $(OPT) $^ $(LDFLAGS) $(LIBS) -o $@

$(ENGINE_LIB): $(PLAIN_OBJ) $(TEMPLATE_OBJ)
	@rm -f $@
	ar rcs $@ $^

define template_rule
$(OBJ)/f$(1)-$(2)/%.o: %.c $(OBJ)/flags $(GENERATED)
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $$(ISA.$(2)) -DLG_PRECISION=$(1) -DLG_ISA=$(2) -DLG_ISA_$(2)=1 -c $$< -o $$@
endef
$(foreach i,$(ISAS),$(foreach p,32 64,$(eval $(call template_rule,$(p),$(i)))))

# Doubles become long doubles everywhere in it: clang would warn of each. A function of
# double where one of `wide` is due is no warning here: it would be called as another.
$(OBJ)/wide-generic/%.o: %.c $(OBJ)/flags $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Wno-double-promotion -Werror=incompatible-pointer-types -DLG_PRECISION=80 -DLG_ISA=generic -DLG_ISA_generic=1 -c $< -o $@

# The gradient check counts in long double, from doubles.
$(OBJ)/harness/gradcheck/%.o: WARNINGS += -Wno-double-promotion

$(OBJ)/%.o: %.c $(OBJ)/flags $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

# Rewritten only when its content changes, so that a new flag, file or version
# rebuilds what depends on it and nothing else.
define write_if_changed
@mkdir -p $(@D); printf '%b' '$(1)' > $@.new; cmp -s $@.new $@ && rm $@.new || mv $@.new $@
endef
.PHONY: FORCE
$(OBJ)/flags: FORCE
	$(call write_if_changed,$(CC) $(ALL_CFLAGS) $(foreach i,$(ISAS),$(ISA.$(i)))\n)

# The registries: one X(name) per file, sorted by name.
registry = \#define $(1)(X)$(foreach n,$(2), X($(n)))\n
$(OBJ)/generated/registry.h: FORCE
	$(call write_if_changed,/* Written by the Makefile from file names. */\n$(call registry,LG_LOSSES,$(call names,engine/loss/*.c))$(call registry,LG_OPTIMIZERS,$(call names,engine/optimizer/*.c))$(call registry,LG_ACTIVATIONS,$(call names,engine/activation/*.c))$(call registry,LG_INITIALISATIONS,$(call names,engine/initialisation/*.c))$(call registry,LG_SCHEDULES,$(call names,engine/schedule/*.c))$(call registry,LG_DATASETS,$(call names,engine/data/set/*.c))$(call registry,LG_COUNTERS,$(call names,harness/counter/backend/*.c))$(call registry,LG_FORMULAS,$(call names,harness/gradcheck/formula/*.c))$(call registry,LG_ISAS,$(ISAS)))

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
COMPILER := $(shell $(CC) --version 2>/dev/null | head -n 1)
$(OBJ)/generated/build.h: FORCE
	$(call write_if_changed,/* Written by the Makefile. */\n#define LG_BUILD_VARIANT "$(VARIANT)"\n#define LG_BUILD_COMPILER "$(COMPILER)"\n#define LG_BUILD_FLAGS "$(strip $(CONTRACT) $(OPT) $(CFLAGS))"\n)
$(OBJ)/generated/version.h: FORCE
	$(call write_if_changed,/* Written by the Makefile. */\n#define LG_VERSION "$(VERSION)"\n)
$(OBJ)/harness/support/version.o: $(OBJ)/generated/version.h

# ---- Tests -------------------------------------------------------------------
UNIT := $(BUILD)/unit-$(VARIANT)
$(UNIT): $(UNIT_OBJ) $(HARNESS_OBJ) $(ENGINE_LIB)
	$(CC) $(OPT) $^ $(LDFLAGS) $(LIBS) -lcriterion -lmpfr -lgmp -lm -o $@

comma := ,
ALLOCATIONS := $(BUILD)/allocations-$(VARIANT)
$(ALLOCATIONS): $(OBJ)/tests/isa/allocations.o $(ENGINE_LIB)
	$(CC) $(OPT) $(patsubst %,-Wl$(comma)--wrap=%,malloc calloc realloc aligned_alloc free) $^ $(LDFLAGS) -lcrypto -o $@

# Programs that print the tables of digests in tests/golden, for every copy. They
# need neither libcrypto nor zlib, so that a cross compiler can link them.
WITHOUT_LIBRARIES := $(filter-out $(OBJ)/engine/base/digest.o $(OBJ)/engine/data/%,$(PLAIN_OBJ)) \
                     $(OBJ)/engine/data/order.o $(TEMPLATE_OBJ)
TABLES := $(BUILD)/tables/training $(foreach i,$(ISAS),$(foreach p,32 64,$(BUILD)/tables/kernels-f$(p)-$(i)))
.PHONY: tables
tables: $(TABLES)
$(OBJ)/liblossgrid-tables.a: $(WITHOUT_LIBRARIES) $(OBJ)/tests/isa/digest_files.o
	@rm -f $@
	ar rcs $@ $^
$(BUILD)/tables/training: $(OBJ)/tests/golden/training.o $(OBJ)/liblossgrid-tables.a
	@mkdir -p $(@D)
	$(CC) $(OPT) $^ $(LDFLAGS) -o $@
$(BUILD)/tables/kernels-%: $(OBJ)/%/tests/golden/kernels.o $(OBJ)/liblossgrid-tables.a
	@mkdir -p $(@D)
	$(CC) $(OPT) $^ $(LDFLAGS) -o $@
.SECONDARY: $(call copies,tests/golden/kernels.c)

.PHONY: unit test test-long test-bits test-neon test-planted test-faults test-bare golden-bits test-fuzz
unit: $(UNIT) ## the unit tests alone
	$(UNIT) --jobs $(JOBS)

test: deps ## everything quick: unit, command line, reports, the first two epochs of the replay
	@$(MAKE) --no-print-directory -j $(JOBS) all $(UNIT) $(ALLOCATIONS)
	tests/arrows.sh
	tests/arrows_planted.sh
	CC='$(CC)' tests/headers.sh $(OBJ)
	tests/isa/baseline.sh $(BUILD)
	$(ALLOCATIONS)
	tests/cli/run.sh $(BIN)
	$(PYTHON) tests/property/accepted.py $(BIN) --count 24
	tests/install.sh $(BIN)
	$(PYTHON) -m unittest discover -q -s tests/reports
	tests/replay.sh $(BIN) 2
	$(UNIT) --jobs $(JOBS)

test-long: deps ## all 90 images, both whole optimizer curves, same bits from every compiler and on AArch64
	@$(MAKE) --no-print-directory -j $(JOBS) all
	$(MAKE) test-bits
	$(MAKE) test-neon
	$(MAKE) test-planted
	$(BIN) gradcheck --all --quiet
	tests/tutorial.sh
	tests/replay.sh $(BIN) 30

test-bits: ## gcc and clang, -O0 and -O3, every ISA: byte-identical trace.csv
	@.ci/deps.sh $(BUILD_PACKAGES) clang
	tests/isa/compilers.sh $(BUILD)/bits

test-neon: ## the tables of digests on AArch64, by the neon and generic copies under qemu
	@.ci/deps.sh gcc gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
	tests/isa/neon.sh $(BUILD)/neon

N ?= 500
SEED ?= $(shell date +%s)
.PHONY: test-property
test-property: deps ## N=500 random specs (SEED=... the same again): what run accepts, every command accepts
	@$(MAKE) --no-print-directory -j $(JOBS) all
	$(PYTHON) tests/property/accepted.py $(BIN) --count $(N) --seed $(SEED)

test-planted: ## break every rule of the numerics contract in a copy of the tree: a test must fail
	@.ci/deps.sh $(BUILD_PACKAGES) $(TEST_PACKAGES)
	tests/isa/planted.sh $(BUILD)/planted

test-faults: ## put faults into the training step in a copy of the tree: gradcheck and unit tests must see them
	@.ci/deps.sh $(BUILD_PACKAGES) $(TEST_PACKAGES)
	tests/gradcheck/faults.sh $(BUILD)/faults

golden-bits: $(BUILD)/tables/training $(BUILD)/tables/kernels-f32-generic $(BUILD)/tables/kernels-f64-generic ## write the tables of digests anew (another table is a change of bits)
	tests/isa/table.sh $(abspath $<) generic >$(BUILD)/tables/training.csv
	for p in 32 64; do tests/isa/table.sh $(abspath $(BUILD))/tables/kernels-f$$p-generic || exit; done >$(BUILD)/tables/kernels.csv
	mv $(BUILD)/tables/training.csv $(BUILD)/tables/kernels.csv tests/golden/

MNIST ?= $(LOSSGRID_DATA)
test-bare: ## the README's commands in a fresh chroot of Debian stable (SUITE=, as root), without MNIST and with MNIST=DIR
	@.ci/deps.sh mmdebstrap git
	tests/bare.sh $(if $(SUITE),--suite $(SUITE)) $(if $(MNIST),--mnist $(MNIST)) test quick

test-fuzz: ## feed broken spec files to the reader for a minute
	@.ci/deps.sh $(BUILD_PACKAGES) clang libclang-rt-14-dev
	tests/fuzz/run.sh $(BUILD)/fuzz

# A process per function, the longest first.
.PHONY: prove-math
PROVEN := log1p log sigmoid tanh exp expm1 erf
prove-math: ## exhaustive proof of the elementary functions, all 2^32 floats: minutes
	@.ci/deps.sh $(BUILD_PACKAGES) libmpfr-dev libgmp-dev python3-mpmath
	@$(MAKE) --no-print-directory -j $(JOBS) $(BUILD)/every_float $(BUILD)/errors
	/usr/bin/python3 tests/golden/constants.py --check
	printf '%s\n' $(PROVEN) | xargs -P $(JOBS) -n 1 $(BUILD)/every_float
	printf '%s\n' $(PROVEN) | xargs -P $(JOBS) -n 1 $(BUILD)/errors

$(BUILD)/every_float $(BUILD)/errors: $(BUILD)/%: $(OBJ)/tests/golden/%.o $(ENGINE_LIB)
	$(CC) $(OPT) $^ $(LDFLAGS) -lmpfr -lgmp $(LIBS) -lm -o $@

# Every activation and loss against MPFR, by formulas of its own.
.PHONY: prove-tails
TAILS := $(BUILD)/tails-$(VARIANT)
prove-tails: ## errors of every activation and loss, value and gradient, against MPFR; writes docs/tails.md: minutes
	@.ci/deps.sh $(BUILD_PACKAGES) libmpfr-dev libgmp-dev
	@$(MAKE) --no-print-directory -j $(JOBS) $(TAILS)
	docs/tails.sh $(TAILS) | tee $(BUILD)/tails.md; exit $${PIPESTATUS[0]}
	mv $(BUILD)/tails.md docs/tails.md

$(TAILS): $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/golden/tails/*.c)) $(ENGINE_LIB)
	$(CC) $(OPT) $^ $(LDFLAGS) -lmpfr -lgmp $(LIBS) -lm -o $@

# ---- What people come for ----------------------------------------------------
# The first interpreter that can import what reports need, asked and not assumed.
PYTHON ?= $(firstword $(foreach p,python3 /usr/bin/python3,$(shell $(p) -c 'import matplotlib, scipy' 2>/dev/null && echo $(p))) python3)
EXPERIMENTS := article-losses article-optimizers article-intended

.PHONY: deps data reproduce quick report contact-sheets catalogue bench detect agree callgrind phases lint format install clean help
BUILD_PACKAGES  := gcc libc6-dev libfyaml-dev libjansson-dev libpng-dev zlib1g-dev libssl-dev
TEST_PACKAGES   := libcriterion-dev libpcg-cpp-dev libmpfr-dev python3-markdown-it
REPORT_PACKAGES := gnuplot-nox python3 python3-matplotlib python3-numpy python3-scipy
DATA_PACKAGES   := dataset-fashion-mnist
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

catalogue: all ## write docs/catalogue.md: every loss, optimizer, activation and initialisation
	docs/catalogue.sh $(BIN) >$(BUILD)/catalogue.md
	mv $(BUILD)/catalogue.md docs/catalogue.md

.PHONY: crosscheck
crosscheck: all ## torch.autograd.gradcheck on our gradients, where python3-torch is installed
	$(PYTHON) tests/golden/crosscheck.py $(BIN)

BENCH := $(BUILD)/bench-$(VARIANT)
bench: ## kernels against this machine's limits, training steps against PyTorch; into results/bench
	@.ci/deps.sh $(BUILD_PACKAGES) $(REPORT_PACKAGES) python3-torch libopenblas0-pthread || true
	@$(MAKE) --no-print-directory $(BENCH)
	$(PYTHON) tests/bench/bench.py $(BENCH) --out results/bench

$(BENCH): $(OBJ)/tests/bench/steps.o $(call copies,tests/bench/kernels.c) $(ENGINE_LIB)
	$(CC) $(OPT) $^ $(LDFLAGS) $(LIBS) -o $@

detect: all ## is a slow-down of 5 % found, and none where there is none? 20 times each; minutes, on an idle machine
	$(PYTHON) tests/bench/detect.py $(BIN) --out results/detect

agree: all ## what `time` says of a step beside what `run` took, for every element-wise optimizer; minutes
	$(PYTHON) tests/bench/agree.py $(BIN) --out results/agree

INSTRUCTIONS := $(BUILD)/instructions-$(VARIANT)
OPTIMIZERS ?= sgd adagrad adam
PHASES_OF ?= f32 sgd 1 2000
callgrind: ## instructions of a training step (OPTIMIZERS=...), counted twice; needs no counters
	@.ci/deps.sh $(BUILD_PACKAGES) python3 valgrind
	@$(MAKE) --no-print-directory $(INSTRUCTIONS)
	$(PYTHON) tests/bench/instructions.py $(INSTRUCTIONS) --optimizers $(OPTIMIZERS) --out $(BUILD)/instructions.csv

$(INSTRUCTIONS): $(OBJ)/tests/bench/instructions.o $(ENGINE_LIB)
	$(CC) $(OPT) $^ $(LDFLAGS) $(LIBS) -o $@

PHASES := $(BUILD)/phases-$(VARIANT)
phases: ## what a training step spends on each phase (PHASES_OF="f32 adam 1 2000"), and what asking costs
	@.ci/deps.sh $(BUILD_PACKAGES)
	@$(MAKE) --no-print-directory $(PHASES)
	$(PHASES) $(PHASES_OF)

$(PHASES): $(addprefix $(OBJ)/,tests/bench/phases.o harness/counter/phases.o harness/stats/sample.o harness/machine/tsc.o) $(ENGINE_LIB)
	$(CC) $(OPT) $^ $(LDFLAGS) $(LIBS) -o $@

# ---- Keeping it tidy ---------------------------------------------------------
# Asked of the folders and not of git: a tarball has no repository.
C_FILES = $(sort $(shell find include engine harness tests -name '*.[ch]'))
INSTALLED = $(sort $(shell find reports experiments -type f ! -name '*.pyc'))
lint: ## clang-format and clang-tidy, warnings as errors
	@.ci/deps.sh $(BUILD_PACKAGES) $(TEST_PACKAGES) clang-format clang-tidy
	@clang-format --dry-run -Werror $(C_FILES)
	@$(MAKE) --no-print-directory $(GENERATED)
	@printf '%s\n' $(filter engine/%.c harness/%.c,$(C_FILES)) | xargs -P $(JOBS) -n 4 \
	  sh -c 'clang-tidy --quiet "$$@" -- $(CONTRACT) -D_GNU_SOURCE -Iinclude -I. -I$(OBJ)/generated -DLG_PRECISION=64 -DLG_ISA=generic -DLG_ISA_generic=1 2>/dev/null' tidy

format: ## clang-format in place
	clang-format -i $(C_FILES)

install: all ## into PREFIX (default /usr/local), under DESTDIR
	install -D -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin/lossgrid
	@for f in $(INSTALLED); do \
	  install -D -m 644 $$f $(DESTDIR)$(PREFIX)/share/lossgrid/$$f || exit; done
	@echo 'install: $(words $(INSTALLED)) files into $(DESTDIR)$(PREFIX)/share/lossgrid'

clean: ## remove what was built; results stay
	rm -rf $(BUILD)

help: ## this list
	@echo 'make TARGET [VARIANT=release|debug|asan] [CC=gcc|clang] [JOBS=N]'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | sort | expand -t 16

-include $(shell find $(OBJ) -name '*.d' 2>/dev/null)
