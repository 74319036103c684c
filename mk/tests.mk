# Tests, quick and long.
UNIT := $(BUILD)/unit-$(VARIANT)
$(UNIT): $(UNIT_OBJ) $(HARNESS_OBJ) $(ENGINE_LIB)
	$(call said,LINK,$@)
	$(Q)$(CC) $(OPT) $^ $(LDFLAGS) $(LIBS) -lcriterion -lmpfr -lgmp -lm -o $@

comma := ,
ALLOCATIONS := $(BUILD)/allocations-$(VARIANT)
$(ALLOCATIONS): $(OBJ)/tests/isa/allocations.o $(ENGINE_LIB)
	$(call said,LINK,$@)
	$(Q)$(CC) $(OPT) $(patsubst %,-Wl$(comma)--wrap=%,malloc calloc realloc aligned_alloc free) $^ $(LDFLAGS) -lcrypto -o $@

# Programs that print the tables of digests in tests/golden, for every copy. They
# need neither libcrypto nor zlib, so that a cross compiler can link them.
WITHOUT_LIBRARIES := $(filter-out $(OBJ)/engine/base/digest.o $(OBJ)/engine/data/%,$(PLAIN_OBJ)) \
                     $(OBJ)/engine/data/order.o $(TEMPLATE_OBJ)
TABLES := $(BUILD)/tables/training $(foreach i,$(ISAS),$(foreach p,32 64,$(BUILD)/tables/kernels-f$(p)-$(i)))
.PHONY: tables
tables: $(TABLES)
$(OBJ)/liblossgrid-tables.a: $(WITHOUT_LIBRARIES) $(OBJ)/tests/isa/digest_files.o
	$(call said,AR,$@)
	@rm -f $@
	$(Q)ar rcs $@ $^
$(BUILD)/tables/training: $(OBJ)/tests/golden/training.o $(OBJ)/liblossgrid-tables.a
	@mkdir -p $(@D)
	$(call said,LINK,$@)
	$(Q)$(CC) $(OPT) $^ $(LDFLAGS) -o $@
$(BUILD)/tables/kernels-%: $(OBJ)/%/tests/golden/kernels.o $(OBJ)/liblossgrid-tables.a
	@mkdir -p $(@D)
	$(call said,LINK,$@)
	$(Q)$(CC) $(OPT) $^ $(LDFLAGS) -o $@
.SECONDARY: $(call copies,tests/golden/kernels.c)

.PHONY: unit test test-long test-asan test-bits test-neon test-injected test-faults test-bare golden-bits test-fuzz test-checks test-deep
# What takes long says how long.
TIMED := tests/timed.sh
# A test that hangs is stopped and fails; the limit allows for a loaded, emulated machine.
UNIT_SECONDS ?= 600
export UNIT_SECONDS
unit: $(UNIT) ## the unit tests alone
	$(UNIT) --jobs $(JOBS)

# Sanitized, what does not depend on the build is left to the release.
SANITIZED := $(filter asan,$(VARIANT))
test: deps ## everything quick: unit, command line, reports, the first two epochs of the replay
	@$(TIMED) build $(MAKE) --no-print-directory -j $(JOBS) all $(UNIT) $(if $(SANITIZED),,$(ALLOCATIONS))
	@$(MAKE) --no-print-directory -j $(JOBS) --output-sync=target $(if $(SANITIZED),,test-source test-reports) test-accepted
	$(TIMED) unit $(if $(SANITIZED),tests/checks/sanitized.sh) $(UNIT) --jobs $(JOBS)
	$(TIMED) cli tests/cli/run.sh $(BIN)
	$(TIMED) replay tests/replay.sh $(BIN) 2

# Parts of it, each one process at a time, so that they run side by side.
.PHONY: test-source test-reports test-accepted
test-source:
	@$(TIMED) source $(MAKE) --no-print-directory source-checks
test-reports:
	$(TIMED) reports $(PYTHON) -m unittest discover -q -s tests/reports
test-accepted:
	$(TIMED) accepted $(PYTHON) tests/property/accepted.py $(BIN) --count 24

.PHONY: source-checks
source-checks:
	tests/arrows.sh
	tests/arrows_injected.sh
	tests/words.sh
	CC='$(CC)' tests/headers.sh $(OBJ)
	tests/cycles.sh $(OBJ)
	tests/isa/baseline.sh $(OBJ)
	$(ALLOCATIONS)
	CC='$(CC)' tests/install.sh $(BIN) $(ENGINE_LIB)

test-long: deps ## all 90 images, both whole optimizer curves, same bits from every compiler and on AArch64
	@.ci/deps.sh git
	@$(TIMED) build $(MAKE) --no-print-directory -j $(JOBS) all $(UNIT) $(ALLOCATIONS)
	$(MAKE) --no-print-directory -j 2 --output-sync=target $(LONG:%=long-%)

# Parts of it, on what `make all` has built. Most are one process at a time: two run side by side,
# the longest first.
LONG := replay bits injected gradcheck additions neon tutorial slurm syscalls kill
.PHONY: $(LONG:%=long-%) test-replay test-gradcheck test-kill test-syscalls test-additions test-tutorial test-slurm
$(LONG:%=long-%): long-%:
	@$(TIMED) $* $(MAKE) --no-print-directory test-$*
test-replay:
	tests/replay.sh $(BIN) 30
test-gradcheck:
	$(BIN) gradcheck --all --quiet
test-kill:
	tests/kill.sh $(BIN) 12
# The run with images reads a whole data set each time, which takes many minutes: by hand.
test-syscalls: ## every system call of a small run failing once
	@.ci/deps.sh strace
	tests/syscalls.sh $(BIN) --subject parent --subject processes
test-additions:
	tests/additions.sh
test-tutorial:
	tests/tutorial.sh
test-slurm: ## the commands of docs/cluster.md, and shards by a Slurm that the test starts on this machine
	@.ci/deps.sh parallel slurmctld slurmd slurm-client
	tests/cluster.sh $(BIN)
	tests/slurm.sh $(BIN)

test-asan: ## `make test` under the address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory test VARIANT=asan

test-deep: test-asan ## lint, sanitizers, a minute of each fuzz target, a fault that each of them must find
	@.ci/deps.sh $(FUZZ_PACKAGES) $(LINT_PACKAGES)
	@$(TIMED) build $(MAKE) --no-print-directory -j $(JOBS) all
	@$(MAKE) --no-print-directory -j 2 --output-sync=target deep-lint deep-checks
	@$(TIMED) fuzz $(MAKE) --no-print-directory test-fuzz

.PHONY: deep-lint deep-checks
deep-lint:
	@$(TIMED) lint $(MAKE) --no-print-directory lint
deep-checks:
	@$(TIMED) checks $(MAKE) --no-print-directory test-checks

test-bits: ## gcc and clang, -O0 and -O3, every ISA: byte-identical trace.csv
	@.ci/deps.sh $(BUILD_PACKAGES) clang
	@$(MAKE) --no-print-directory -j $(JOBS) CC=gcc OPT='-O3 -g' all
	tests/isa/compilers.sh $(BUILD)/bits $(BIN)

test-neon: ## the tables of digests on AArch64, by the neon and generic copies under qemu
	@.ci/deps.sh gcc gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
	tests/isa/neon.sh $(BUILD)/neon

N ?= 500
SEED ?= $(shell date +%s)
.PHONY: test-property
test-property: deps ## N=500 random specs (SEED=... the same again): what run accepts, every command accepts
	@$(MAKE) --no-print-directory -j $(JOBS) all
	$(PYTHON) tests/property/accepted.py $(BIN) --count $(N) --seed $(SEED)

test-injected: ## break every rule of the numerics contract in a copy of the tree: a test must fail
	@.ci/deps.sh $(BUILD_PACKAGES) $(TEST_PACKAGES)
	@$(MAKE) --no-print-directory -j $(JOBS) all $(UNIT) $(ALLOCATIONS)
	tests/isa/injected.sh $(BUILD)/injected

test-faults: ## put faults into the training step in a copy of the tree: gradcheck and unit tests must see them
	@.ci/deps.sh $(BUILD_PACKAGES) $(TEST_PACKAGES)
	tests/gradcheck/faults.sh $(BUILD)/faults

golden-bits: $(BUILD)/tables/training $(BUILD)/tables/kernels-f32-generic $(BUILD)/tables/kernels-f64-generic ## rewrite the tables of digests (another table is a change of bits)
	tests/isa/table.sh $(abspath $<) generic >$(BUILD)/tables/training.csv
	for p in 32 64; do tests/isa/table.sh $(abspath $(BUILD))/tables/kernels-f$$p-generic || exit; done >$(BUILD)/tables/kernels.csv
	mv $(BUILD)/tables/training.csv $(BUILD)/tables/kernels.csv tests/golden/

MNIST ?= $(LOSSGRID_DATA)
test-bare: ## the README's commands in a fresh chroot of Debian stable (SUITE=, as root), without MNIST and with MNIST=DIR
	@.ci/deps.sh mmdebstrap git
	tests/bare.sh $(if $(SUITE),--suite $(SUITE)) $(if $(MNIST),--mnist $(MNIST)) test quick

FUZZ_SECONDS ?= 60
FUZZ_JOBS ?= 3
test-fuzz: ## feed broken files to each reader for a minute, 3 readers at a time (FUZZ_SECONDS=, FUZZ_JOBS=)
	@.ci/deps.sh $(BUILD_PACKAGES) $(FUZZ_PACKAGES)
	@$(MAKE) --no-print-directory -j $(JOBS) all
	JOBS=$(FUZZ_JOBS) tests/fuzz/run.sh $(BUILD)/fuzz $(OBJ) $(FUZZ_SECONDS)

test-checks: ## put faults into a copy of the tree: lint, sanitizers, fuzz targets and time limit must find them
	@.ci/deps.sh $(BUILD_PACKAGES) $(TEST_PACKAGES) $(FUZZ_PACKAGES) $(LINT_PACKAGES)
	@$(MAKE) --no-print-directory -j $(JOBS) all
	@$(MAKE) --no-print-directory -j $(JOBS) VARIANT=asan all
	JOBS=$(JOBS) ASAN_ISAS='$(ASAN_ISAS)' tests/checks/injected.sh $(BUILD)/injected-checks

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
	$(call said,LINK,$@)
	$(Q)$(CC) $(OPT) $^ $(LDFLAGS) -lmpfr -lgmp $(LIBS) -lm -o $@

# Every activation and loss against MPFR, by formulas of its own.
.PHONY: prove-tails
TAILS := $(BUILD)/tails-$(VARIANT)
prove-tails: ## errors of every activation and loss, value and gradient, against MPFR; writes docs/tails.md: minutes
	@.ci/deps.sh $(BUILD_PACKAGES) libmpfr-dev libgmp-dev
	@$(MAKE) --no-print-directory -j $(JOBS) $(TAILS)
	docs/tails.sh $(TAILS) | tee $(BUILD)/tails.md; exit $${PIPESTATUS[0]}
	mv $(BUILD)/tails.md docs/tails.md

$(TAILS): $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/golden/tails/*.c)) $(ENGINE_LIB)
	$(call said,LINK,$@)
	$(Q)$(CC) $(OPT) $^ $(LDFLAGS) -lmpfr -lgmp $(LIBS) -lm -o $@
