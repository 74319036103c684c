# lossgrid: `make help` lists the targets.
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/bash

include mk/settings.mk
include mk/build.mk
include mk/tests.mk
include mk/use.mk
include mk/install.mk
include mk/tidy.mk

-include $(shell find $(OBJ) -name '*.d' 2>/dev/null)
