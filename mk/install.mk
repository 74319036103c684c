# Into PREFIX, under DESTDIR. Files are asked of the folders and not of git: a tarball has none.
SHARED_FILES   = $(sort $(shell find reports experiments -type f ! -name '*.pyc'))
PUBLIC_HEADERS = $(sort $(wildcard include/lossgrid/*.h))
TO := $(DESTDIR)$(PREFIX)

define PC_FILE
prefix=$(PREFIX)
Name: lossgrid
Description: losses, optimizers and training with the same bits everywhere
Version: $(patsubst v%,%,$(VERSION))
Cflags: -I$${prefix}/include
Libs: -L$${prefix}/lib -llossgrid
Libs.private: -lz -lcrypto -pthread
endef
export PC_FILE

.PHONY: install
install: all ## program, library, headers, manual, completions, reports, experiments, into PREFIX (default /usr/local), under DESTDIR
	@install -D -m 755 $(BIN) $(TO)/bin/lossgrid
	@install -D -m 644 $(ENGINE_LIB) $(TO)/lib/liblossgrid.a
	@for f in $(PUBLIC_HEADERS); do install -D -m 644 $$f $(TO)/$$f || exit; done
	@mkdir -p $(TO)/lib/pkgconfig && printf '%s\n' "$$PC_FILE" >$(TO)/lib/pkgconfig/lossgrid.pc
	@for f in $(SHARED_FILES); do install -D -m 644 $$f $(TO)/share/lossgrid/$$f || exit; done
	@mkdir -p $(addprefix $(TO)/share/,man/man1 bash-completion/completions zsh/site-functions)
	@$(BIN) help --format=man >$(TO)/share/man/man1/lossgrid.1
	@$(BIN) help --format=bash >$(TO)/share/bash-completion/completions/lossgrid
	@$(BIN) help --format=zsh >$(TO)/share/zsh/site-functions/_lossgrid
	@echo 'install: bin/lossgrid, its manual page and completions, lib/liblossgrid.a, lib/pkgconfig/lossgrid.pc, $(words $(PUBLIC_HEADERS)) headers and $(words $(SHARED_FILES)) shared files into $(TO)'
