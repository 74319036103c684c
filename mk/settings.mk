# What can be set, and the flags of the compiler.
VARIANT ?= release#        release | debug | asan: each has its own objects
BUILD   ?= build
PREFIX  ?= /usr/local
JOBS    ?= $(shell nproc)
# Quiet, one line a step; V=1 echoes the commands.
Q       := $(if $(V),,@)
said     = $(if $(V)$(findstring s,$(filter-out -%,$(firstword $(MAKEFLAGS)))),@:,@printf '  %-5s %s\n' '$(1)' '$(2)')
# What only builds takes all processors, unless -j says otherwise.
ifeq ($(filter -j%,$(MAKEFLAGS))$(filter-out all $(BUILD)/%,$(MAKECMDGOALS)),)
MAKEFLAGS += -j$(JOBS)
endif
ifeq ($(origin CC),default)
CC := gcc
endif
OPT.release := -O3 -g
OPT.debug   := -O0 -g3
OPT.asan    := -O1 -g1 -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
OPT ?= $(OPT.$(VARIANT))
ifeq ($(OPT),)
$(error unknown VARIANT '$(VARIANT)'; valid: release, debug, asan)
endif


# The numerics contract (docs/adr/0001): no contraction, no fast-math.
CONTRACT := -std=c17 -ffp-contract=off -fno-math-errno
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wdouble-promotion -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Wundef $(if $(CI),-Werror)
CFLAGS   ?=
ALL_CFLAGS = $(CONTRACT) $(OPT) $(WARNINGS) -D_GNU_SOURCE -Iinclude -I. -I$(OBJ)/generated -MMD -MP $(CFLAGS)
LIBRARIES := libfyaml jansson libpng sqlite3 zlib libcrypto
LIBS     = -pthread $(shell pkg-config --libs $(LIBRARIES))

TARGET := $(shell $(CC) -dumpmachine 2>/dev/null)
# One row for each instruction set, the best first: its name, which is that of its header in
# engine/kernel/simd/, the architecture (empty: any) and the flags. A processor runs it if it
# has what the flags -m<feature> name.
isa = $(if $(or $(if $(2),,any),$(filter $(2)%,$(TARGET))),$(eval ISAS += $(1)))$(eval ISA.$(1) := $(3))
ISAS :=
$(call isa,avx512,x86_64,-mavx512f -mavx512vl -mavx512dq -mavx512bw -mavx2 -mfma -mprefer-vector-width=512)
$(call isa,avx2,x86_64,-mavx2 -mfma)
$(call isa,neon,aarch64,)
$(call isa,generic,,)
ISAS := $(strip $(ISAS))
# Sanitized: the widest copy that this processor runs, and the plain one. The one between has
# the same loops.
ASAN_ISAS := $(if $(filter x86_64%,$(TARGET)),$(shell grep -qw avx512bw /proc/cpuinfo && echo avx512 || echo avx2) generic,$(ISAS))
ifeq ($(VARIANT),asan)
ISAS := $(ASAN_ISAS)
endif
