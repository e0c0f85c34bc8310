# The commands of Rapport. `make demo` and `make test` work on a fresh Debian 12 with a Swift toolchain, as root and as an
# ordinary user, any number of times. Demo and benchmarks are built for release, tests for debugging.

FOLDERS = $(wildcard Package.swift Services Shared Tests Benchmarks)
RAPPORT = .build/release/rapport

.PHONY: demo test simulate bench chaos down status build lint format deps

# A real ERP's orders (or, without the file, a made-up shop's) through all services. DEMO passes options: make demo DEMO="--orders 5000"
demo: build
	$(RAPPORT) demo $(DEMO)

# Builds and runs all tests; they start what they need and stop it again. TEST passes options: make test TEST="--filter RapportTests"
test: deps
	swift build --build-tests
	# One at a time: the tests share one event loop, and some measure the bounds of slow peers.
	swift test --skip-build --no-parallel $(TEST)

# The messaging core on a simulated loop, log and store, 100,000 schedules on all cores: SIMULATE passes options
# (--schedules 1000000, --seed 17)
simulate: deps
	# A build of its own, for speed: the tests have the checks of exclusivity.
	swift build -c release --product rapport-simulate --scratch-path .build/simulate --static-swift-stdlib \
		-Xswiftc -enforce-exclusivity=unchecked -Xswiftc -cross-module-optimization
	.build/simulate/release/rapport-simulate $(SIMULATE)

# Prints each figure beside its limit or peer, measured in the same run. BENCH passes options.
bench: build
	$(RAPPORT) bench $(BENCH)

# Kills, stops and cuts everything under load for ten minutes and proves that nothing was lost or doubled. CHAOS passes
# options: make chaos CHAOS="--minutes 2 --seed 7"
chaos: build
	$(RAPPORT) chaos $(CHAOS)

# Stops what make demo left running; WIPE=1 deletes its data too.
down:
	@if [ -x $(RAPPORT) ]; then $(RAPPORT) down $(if $(WIPE),--wipe); else echo "nothing was built, so nothing runs"; fi

status:
	@$(RAPPORT) status

# All programs at once, so that nothing is built twice and both cores are used.
build: deps
	swift build -c release

lint:
	swift format lint --strict -r $(FOLDERS)

format:
	swift format -i -r $(FOLDERS)

deps:
	@deploy/install-packages
