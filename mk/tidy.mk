# Format, lint, clean, help.
# Asked of the folders and not of git: a tarball has no repository.
C_FILES = $(sort $(shell find include engine harness tests -name '*.[ch]'))
lint: ## clang-format and clang-tidy, warnings as errors
	@.ci/deps.sh $(BUILD_PACKAGES) $(TEST_PACKAGES) clang-format clang-tidy
	@clang-format --dry-run -Werror $(C_FILES)
	@$(MAKE) --no-print-directory $(GENERATED)
	@printf '%s\n' $(filter engine/%.c harness/%.c,$(C_FILES)) | xargs -P $(JOBS) -n 4 \
	  sh -c 'clang-tidy --quiet "$$@" -- $(CONTRACT) -D_GNU_SOURCE -Iinclude -I. -I$(OBJ)/generated -DLG_PRECISION=64 -DLG_ISA=generic -DLG_ISA_generic=1 2>/dev/null' tidy

format: ## clang-format in place
	clang-format -i $(C_FILES)

clean: ## remove what was built; results stay
	rm -rf $(BUILD)

help: ## this list
	@echo 'make TARGET [VARIANT=release|debug|asan] [CC=gcc|clang] [JOBS=N]'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | sort | expand -t 16
