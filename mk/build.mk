# The engine in its copies, the program, what is written from file names.
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
TEMPLATE_OBJ := $(call copies,$(TEMPLATE_SRC)) $(TEMPLATE_SRC:%.c=$(OBJ)/reference-generic/%.o)
PLAIN_OBJ    := $(PLAIN_SRC:%.c=$(OBJ)/%.o)
HARNESS_OBJ  := $(HARNESS_SRC:%.c=$(OBJ)/%.o)
UNIT_OBJ     := $(UNIT_SRC:%.c=$(OBJ)/%.o) $(call copies,$(UNIT_TEMPLATE_SRC))
ENGINE_LIB   := $(OBJ)/liblossgrid.a
GENERATED    := $(OBJ)/generated/registry.h $(OBJ)/generated/build.h

.PHONY: all
all: $(BIN) ## build the program (VARIANT=release|debug|asan, CC=, OPT=, BUILD=)

$(BIN): $(OBJ)/harness/main.o $(HARNESS_OBJ) $(ENGINE_LIB)
	$(call said,LINK,$@)
	$(Q)$(CC) $(OPT) $^ $(LDFLAGS) $(LIBS) -o $@

$(ENGINE_LIB): $(PLAIN_OBJ) $(TEMPLATE_OBJ)
	$(call said,AR,$@)
	@rm -f $@
	$(Q)ar rcs $@ $^

define template_rule
$(OBJ)/f$(1)-$(2)/%.o: %.c $(OBJ)/flags $(OBJ)/flags-$(2) | $(GENERATED)
	$$(call said,CC,$$< f$(1)-$(2))
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(ALL_CFLAGS) $$(ISA.$(2)) -DLG_PRECISION=$(1) -DLG_ISA=$(2) -c $$< -o $$@
endef
$(foreach i,$(ISAS),$(foreach p,32 64,$(eval $(call template_rule,$(p),$(i)))))

# Doubles become long doubles everywhere in it: clang would warn of each. A function of
# double where an accumulator is due is no warning here: it would be called as another.
$(OBJ)/reference-generic/%.o: %.c $(OBJ)/flags | $(GENERATED)
	$(call said,CC,$< reference)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -Wno-double-promotion -Werror=incompatible-pointer-types -DLG_PRECISION=80 -DLG_ISA=generic -c $< -o $@

# The gradient check counts in long double, from doubles.
$(OBJ)/harness/gradcheck/%.o: WARNINGS += -Wno-double-promotion

$(OBJ)/%.o: %.c $(OBJ)/flags | $(GENERATED)
	$(call said,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -c $< -o $@

# What is missing is said before anything is compiled.
.PHONY: libraries
libraries:
	@pkg-config --print-errors --exists $(LIBRARIES) || { \
	  echo 'make: pkg-config does not find all of: $(LIBRARIES). "make deps" installs or lists what they are in' >&2; exit 1; }
$(HARNESS_OBJ) $(OBJ)/harness/main.o: | libraries

# Rewritten only when its content changes, so that a new flag, file or version
# rebuilds what depends on it and nothing else. Of several makes at once each writes its own.
define write_if_changed
@mkdir -p $(@D); printf '%b' '$(1)' > $@.$$$$; cmp -s $@.$$$$ $@ && rm $@.$$$$ || mv $@.$$$$ $@
endef
.PHONY: FORCE
$(OBJ)/flags: FORCE
	$(call write_if_changed,$(CC) $(ALL_CFLAGS)\n)
$(ISAS:%=$(OBJ)/flags-%): $(OBJ)/flags-%: FORCE
	$(call write_if_changed,$(ISA.$*)\n)

# The registries: one X(name) per file, sorted by name.
registry = \#define $(1)(X)$(foreach n,$(2), X($(n)))\n
# Whether this processor has all that the flags of an instruction set name.
features = $(foreach f,$(filter -m%,$(1)),$(if $(findstring =,$(f)),,$(f:-m%=%)))
runs = \#define LG_ISA_RUNS_$(1) (1$(foreach f,$(call features,$(ISA.$(1))), && __builtin_cpu_supports("$(f)")))\n
$(OBJ)/generated/registry.h: FORCE
	$(call write_if_changed,/* Written by the Makefile from file names. */\n$(call registry,LG_LOSSES,$(call names,engine/loss/*.c))$(call registry,LG_OPTIMIZERS,$(call names,engine/optimizer/*.c))$(call registry,LG_ACTIVATIONS,$(call names,engine/activation/*.c))$(call registry,LG_INITIALISATIONS,$(call names,engine/initialisation/*.c))$(call registry,LG_SCHEDULES,$(call names,engine/schedule/*.c))$(call registry,LG_DATASETS,$(call names,engine/data/set/*.c))$(call registry,LG_COUNTERS,$(call names,harness/counter/backend/*.c))$(call registry,LG_FORMULAS,$(call names,harness/gradcheck/formula/*.c))$(call registry,LG_CSV_FOLDERS,$(patsubst %_columns,%,$(call names,harness/*/*_columns.c)))$(call registry,LG_ISAS,$(ISAS))$(foreach i,$(ISAS),$(call runs,$(i))))

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
COMPILER := $(shell $(CC) --version 2>/dev/null | head -n 1)
$(OBJ)/generated/build.h: FORCE
	$(call write_if_changed,/* Written by the Makefile. */\n#define LG_BUILD_VARIANT "$(VARIANT)"\n#define LG_BUILD_COMPILER "$(COMPILER)"\n#define LG_BUILD_FLAGS "$(strip $(CONTRACT) $(OPT) $(CFLAGS))"\n)
$(OBJ)/generated/version.h: FORCE
	$(call write_if_changed,/* Written by the Makefile. */\n#define LG_VERSION "$(VERSION)"\n)
$(OBJ)/harness/support/version.o: $(OBJ)/generated/version.h
