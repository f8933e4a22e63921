# Everything is said in this one file; `make help` lists what it can do.
all:

ifeq ($(filter help clean distclean tidy,$(MAKECMDGOALS)),)
include config.mk
endif

config.mk: configure config.mk.in
	./configure $(CONFIGURE_FLAGS)

configure: configure.ac
	@mkdir -p build
	autoconf
	@touch $@

WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
       -Wcast-qual -Wpointer-arith -Wvla -Wundef $(WERROR)
ALL_CPPFLAGS = -D_GNU_SOURCE -Isrc -I. -DVERSION='"$(VERSION)"' \
               -DSYSCONFDIR='"$(sysconfdir)"' $(CPPFLAGS)
ALL_CFLAGS = -std=c11 -pthread $(WARN) $(HARDEN) $(REPRODUCIBLE) $(CFLAGS) -MMD -MP
ALL_LDFLAGS = $(HARDEN_LINK) $(LDFLAGS)
B ?= build

# What distributions build with, unless a sanitizer stands in its place or
# nothing is optimised.  HARDEN= and HARDEN_LINK= go without.
is_hardened = $(if $(findstring -fsanitize,$(CFLAGS))$(findstring -O0,$(CFLAGS)),,$(findstring -O,$(CFLAGS)))
HARDEN = $(if $(is_hardened),-fPIE -fstack-protector-strong -fstack-clash-protection \
         -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
HARDEN_LINK = $(if $(is_hardened),-pie -Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now)
comma = ,
# The same binary in whatever folder it is built.
REPRODUCIBLE = -ffile-prefix-map=$(CURDIR)=.

# One archive a folder, in the order of src/LAYERS.  A test of a module is
# linked with the module's folder and those below it, so that the linker proves
# the layers.
LAYERS = $(shell sed -n 's/^\([a-z]*\):.*/\1/p' src/LAYERS)
lib    = $(patsubst %,$(B)/lib/%.a,$(1))
below  = $(shell sed -n 's/^$(1)://p' src/LAYERS)
objs   = $(patsubst %.c,$(B)/%.o,$(filter-out %.bpf.c,$(wildcard src/$(1)/*.c)))
# Top folder first, as a linker wants it.
downward = $(call lib,$(shell echo $(1) | tr ' ' '\n' | tac))

all: $(B)/flowbridge

$(B)/flowbridge: $(B)/src/main.o $(call downward,$(LAYERS))
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(B)/%.o: %.c config.mk Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

# The programs that the kernel runs, which the switch carries as they are.
FAST_PATH = $(B)/offload/fast_path.bpf.o
ifneq ($(findstring -DHAVE_LIBBPF,$(CPPFLAGS)),)
$(B)/src/offload/fast_path.o: $(FAST_PATH)
$(B)/src/offload/fast_path.o: ALL_CPPFLAGS += -DFAST_PATH_OBJECT='"$(FAST_PATH)"'
endif

$(FAST_PATH): src/offload/fast_path.bpf.c $(wildcard src/offload/*.h) config.mk
	@mkdir -p $(@D)
	$(BPF_CC) -O2 -g -Wall -Werror -target bpf -mcpu=v3 $(REPRODUCIBLE) \
		-I/usr/include/$(shell uname -m)-linux-gnu -Isrc -c -o $@ $<

define archive
$(call lib,$(1)): $(call objs,$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(AR) rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call archive,$(l))))

# tests/unit/test_NAME.c tests src/FOLDER/NAME.[ch], cmocka, without root.  Any
# of them may write flows in people's notation.  The other files there help: a
# test takes from their archive what it uses.
UNIT_TESTS = $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/test_*.c))
UNIT_HELP  = $(B)/tests/unit.a
folder_of  = $(notdir $(patsubst %/,%,$(dir $(firstword $(wildcard src/*/$(1).h)))))

$(UNIT_HELP): $(patsubst %.c,$(B)/%.o,$(filter-out tests/unit/test_%.c,$(wildcard tests/unit/*.c)))
	@rm -f $@
	$(AR) rcs $@ $^

define unit_test
$(B)/unit/test_$(1): $(B)/tests/unit/test_$(1).o $(UNIT_HELP) \
		$(call downward,$(filter $(call below,$(call folder_of,$(1))) $(call folder_of,$(1)) text flow base,$(LAYERS)))
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $$(ALL_LDFLAGS) -o $$@ $$^ $$(LIBS) -lcmocka
endef
$(foreach t,$(patsubst $(B)/unit/test_%,%,$(UNIT_TESTS)),$(eval $(call unit_test,$(t))))

# tests/sim/sim_*.c drive the whole switch with fake ports and a fake clock.
SIM_TESTS = $(patsubst tests/sim/%.c,$(B)/sim/%,$(wildcard tests/sim/sim_*.c))
SIM_PARTS = $(patsubst %.c,$(B)/%.o,$(filter-out tests/sim/sim_%.c,$(wildcard tests/sim/*.c)))

$(B)/sim/%: $(B)/tests/sim/%.o $(SIM_PARTS) $(call downward,$(LAYERS))
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

# tests/random/ draws what happens to the whole switch, from a seed, beside a
# model of it.
RANDOM_PARTS = $(patsubst %.c,$(B)/%.o,$(wildcard tests/random/*.c))

$(B)/sim/random: $(RANDOM_PARTS) $(SIM_PARTS) $(call downward,$(LAYERS))
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# STEPS from SEED on: 10 million take minutes.
STEPS ?= 1000000
SEED  ?= 1
simulate: $(B)/sim/random
	$< --seed $(SEED) --steps $(STEPS)

# tests/fuzz/fuzz_NAME.c is a libFuzzer target: under fuzz/ with the fuzzer, for
# `make fuzz`, under replay/ with tests/fuzz/replay.c, which knows no more than
# the inputs kept in tests/fuzz/corpus/NAME.
FUZZED   = $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZERS  = $(FUZZED:%=$(B)/fuzz/fuzz_%)
REPLAYS  = $(FUZZED:%=$(B)/replay/replay_%)

$(B)/fuzz/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(call downward,$(LAYERS))
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

$(B)/replay/replay_%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/replay.o \
		$(call downward,$(LAYERS))
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# tests/faults/faults_*.c are linked with copies of the archives in which calls
# that may fail go through tests/faults/inject.c, and so is a switch.  They are
# not position-independent, so that a call site is the same in each run.
FAULT_TESTS = $(patsubst tests/faults/%.c,$(B)/faults/%,$(wildcard tests/faults/faults_*.c))
FAULT_PARTS = $(B)/tests/faults/inject.o $(patsubst $(B)/lib/%,$(B)/faults/lib/%,$(call downward,$(LAYERS)))

$(B)/faults/symbols: $(B)/tests/faults/inject.o
	@mkdir -p $(@D)/lib
	nm $< | sed -n 's/.* T fault_\(.*\)/\1 fault_\1/p' >$@

$(B)/faults/lib/%.a: $(B)/lib/%.a $(B)/faults/symbols
	objcopy --redefine-syms=$(B)/faults/symbols $< $@

$(B)/faults/faults_%: $(B)/tests/faults/faults_%.o $(UNIT_HELP) $(FAULT_PARTS)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -no-pie -o $@ $^ $(LIBS) -lcmocka

$(B)/faults/flowbridge: $(B)/src/main.o $(FAULT_PARTS)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -no-pie -o $@ $^ $(LIBS)

# Without any of the parts that may be left out.
bare:
	$(MAKE) all B=build/bare CPPFLAGS='$(filter-out -DHAVE_%,$(CPPFLAGS))' WERROR=-Werror

TESTS = $(UNIT_TESTS) $(SIM_TESTS) $(B)/sim/random $(REPLAYS) $(FAULT_TESTS)

test-programs: $(TESTS)

check: all test-programs
	scripts/run-tests $(TESTS)

check-system: all $(B)/faults/flowbridge
	scripts/run-system $(SYSTEM_TESTS)

# The same as Open vSwitch and the kernel's bridge do, for more cases than
# check-system tries: SETS of tables with 200 frames each, in two versions.
SETS   ?= 250
FRAMES ?= 100000
differential: all
	DIFFERENTIAL_SETS=$(SETS) DIFFERENTIAL_FRAMES=$(FRAMES) scripts/run-system \
		test_of_differential.py test_differential.py

# Everything that can go wrong, over and over, for MINUTES.
MINUTES ?= 60
soak: all
	SOAK_MINUTES=$(MINUTES) scripts/run-system test_soak.py -s

bench: all
	tests/bench/run $(BENCH_FLAGS)

$(B)/bench/instructions: $(B)/tests/bench/instructions.o \
		$(call downward,$(LAYERS))
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

bench-instructions: $(B)/bench/instructions
	CC='$(CC)' CFLAGS='$(CFLAGS)' tests/bench/count-instructions $< $(BENCH_FLAGS)

# With gcc each of the two has a runtime of its own, and as libraries they would
# share what makes a report go to a file.
ASAN_CFLAGS  = -g -O1 -fsanitize=address,undefined -fno-sanitize-recover -fno-omit-frame-pointer
ASAN_LDFLAGS = $(if $(findstring clang,$(CC)),,-static-libasan -static-libubsan)
TSAN_CFLAGS  = -g -O1 -fsanitize=thread
ASAN = B=build/asan CFLAGS='$(ASAN_CFLAGS)' LDFLAGS='$(LDFLAGS) $(ASAN_LDFLAGS)'
TSAN = B=build/tsan CFLAGS='$(TSAN_CFLAGS)'

asan:
	$(MAKE) $(ASAN) check ASAN_OPTIONS=detect_leaks=1

tsan:
	$(MAKE) $(TSAN) check

check-system-asan:
	$(MAKE) $(ASAN) all build/asan/faults/flowbridge
	SANITIZER=address scripts/run-system $(SYSTEM_TESTS)

check-system-tsan:
	$(MAKE) $(TSAN) all build/tsan/faults/flowbridge
	SANITIZER=thread scripts/run-system $(SYSTEM_TESTS)

valgrind: test-programs
	WRAP='valgrind -q --leak-check=full --errors-for-leak-kinds=definite,indirect,possible --error-exitcode=99' \
		scripts/run-tests $(TESTS)

# Each call that may fail fails, also while it lives and in the client commands:
# a quarter of an hour and more; FAULTS_PART=1/5 is a fifth of it.
faults:
	$(MAKE) $(B)/faults-asan/faults/flowbridge B=$(B)/faults-asan \
		CFLAGS='-g -O1 -fsanitize=address,undefined -fno-sanitize-recover -fno-omit-frame-pointer -fno-optimize-sibling-calls'
	FAULTS=all FLOWBRIDGE_FAULTS=$(abspath $(B))/faults-asan/faults/flowbridge \
		scripts/run-system test_faults.py test_faults_clients.py -s

# SECONDS for each target; FUZZ="parse edit" for some of them.
SECONDS ?= 60
FUZZ    ?= $(FUZZED)
fuzz:
	$(MAKE) fuzzers B=build/fuzz CC=clang \
		CFLAGS='-g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all'
	scripts/run-fuzz $(SECONDS) $(FUZZ)

fuzzers: $(FUZZERS)

coverage:
	$(MAKE) test-programs B=build/coverage CFLAGS='-g -O0 --coverage'
	scripts/coverage build/coverage

# gcc 12 does not follow an owner through a list, nor a NULL through a count of
# zero; of these three clang's analyzer, ASan and valgrind know more.
analyze:
	$(MAKE) all B=build/analyze WERROR=-Werror CFLAGS='-O1 -fanalyzer \
		-Wno-analyzer-malloc-leak -Wno-analyzer-null-dereference \
		-Wno-analyzer-use-of-uninitialized-value'
	scripts/analyze $(ALL_CPPFLAGS)

tidy:
	scripts/check-layers
	scripts/check-readme
	scripts/check-docs
	clang-format --dry-run --Werror $$(find src tests -name '*.[ch]')

install: all
	install -D -m 755 $(B)/flowbridge $(DESTDIR)$(sbindir)/flowbridge
	scripts/install-files "$(DESTDIR)" "$(sbindir)" "$(sysconfdir)" "$(prefix)/lib" "$(mandir)"

clean:
	rm -rf build

distclean: clean
	rm -rf config.mk config.log config.status configure configure~ autom4te.cache

help:
	@echo 'make                 builds build/flowbridge (configures itself first)'
	@echo 'make check           unit tests and the simulation; no root needed'
	@echo 'make simulate        random STEPS=1000000 from SEED=1, beside a model'
	@echo 'make check-system    network namespaces and real peers; needs root'
	@echo 'make differential    many random cases beside other switches; needs root'
	@echo 'make soak            faults and storms for MINUTES=60; needs root'
	@echo 'make bench           speed beside peers, as ratios; needs root'
	@echo 'make bench-instructions  instructions a frame, the same each time'
	@echo 'make bare            builds without the optional parts'
	@echo 'make asan, make tsan the checks under sanitizers'
	@echo 'make check-system-asan, make check-system-tsan  those as well; need root'
	@echo 'make valgrind        the checks under valgrind, leaks are errors'
	@echo 'make fuzz            fuzzes each target of tests/fuzz for SECONDS=60'
	@echo 'make faults          each call that may fail fails once; needs root'
	@echo 'make analyze         static analysis: gcc, clang-tidy, cppcheck'
	@echo 'make coverage        lines and branches that the checks reach, by folder'
	@echo 'make tidy            layers, file sizes, format, documents'
	@echo 'make install         honours DESTDIR and prefix'
	@echo 'make clean           removes build/; distclean what configure made, too'

-include $(shell find $(B) -name '*.d' 2>/dev/null)
.PHONY: all analyze asan bare bench bench-instructions check check-system \
	check-system-asan check-system-tsan clean coverage differential distclean \
	faults fuzz fuzzers help install simulate soak test-programs tidy tsan valgrind
.SECONDARY:
