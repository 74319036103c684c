# Format, lint, clean, help.
# Asked of the folders and not of git: a tarball has no repository.
C_FILES = $(sort $(shell find include engine harness tests docs -name '*.[ch]'))

# What clang-tidy reads: a template once for each copy that the build makes, those of the
# other architecture too where clang has a header for it; everything else once.
TIDY_FLAGS = $(CONTRACT) -D_GNU_SOURCE -Iinclude -I. -I$(OBJ)/generated
TIDY.neon := --target=aarch64-linux-gnu
tidy_isas  = $(ISAS) $(if $(filter x86_64%,$(TARGET)),neon)
tidy_copy  = $(foreach f,$(call tidy_of,$(TEMPLATE_SRC)),$(1)-$(2) $(f) $(TIDY.$(2)) $(TIDY_FLAGS) $(ISA.$(2)) -DLG_PRECISION=$(3) -DLG_ISA=$(2)$(newline))
LINT_FILES ?=# files that clang-tidy reads; none named: all
tidy_of    = $(if $(LINT_FILES),$(filter $(LINT_FILES),$(1)),$(1))
tidy_list  = $(foreach i,$(tidy_isas),$(call tidy_copy,f32,$(i),32)$(call tidy_copy,f64,$(i),64))$(call tidy_copy,reference,generic,80)$(foreach f,$(call tidy_of,$(PLAIN_SRC) $(HARNESS_SRC) harness/main.c),plain $(f) $(TIDY_FLAGS)$(newline))
define newline


endef

lint: ## clang-format and clang-tidy of every copy, warnings as errors
	@.ci/deps.sh $(BUILD_PACKAGES) $(TEST_PACKAGES) $(LINT_PACKAGES)
	@clang-format --dry-run -Werror $(call tidy_of,$(C_FILES))
	@$(MAKE) --no-print-directory $(GENERATED) $(OBJ)/generated/version.h
	$(file >$(BUILD)/tidy.list,$(tidy_list))
	@sed -i 's/^ *//; /^$$/d' $(BUILD)/tidy.list
	@tests/checks/tidy.sh $(BUILD)/tidy.list $(JOBS)

format: ## clang-format in place
	clang-format -i $(C_FILES)

clean: ## remove what was built; results stay
	rm -rf $(BUILD)

help: ## this list
	@echo 'make TARGET [VARIANT=release|debug|asan] [CC=gcc|clang] [JOBS=N]'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | sort | expand -t 16
