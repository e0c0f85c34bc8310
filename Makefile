# The commands of Rapport; `make help` lists them. `make demo` and `make test` work on a fresh Debian 12 with a Swift toolchain, as root and
# as an ordinary user, any number of times. Demo, fault rig and benchmarks are built for release, tests for debugging; each command
# builds what it runs and nothing else.

FOLDERS = $(wildcard Package.swift Services Shared Tests Benchmarks)
RELEASE = .build/release

.PHONY: help demo test simulate fuzz bench bench-scale chaos down status build lint format deps

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

# A real ERP's orders (or, without the file, a made-up shop's) through all services. DEMO passes options: make demo DEMO="--orders 5000"
demo: deps ## play an ERP's orders through all services, and leave them running; options in DEMO
	@[ -x $(RELEASE)/rapport-demo ] || echo "The first build takes one to four minutes on two cores, as fast as they are; later ones take seconds."
	swift build -c release --product rapport-demo
	$(RELEASE)/rapport-demo $(DEMO)

# They start what they need and stop it again. TEST passes options: make test TEST="--filter SalesTests"
test: deps ## build and run all tests, modules side by side; options in TEST
	@deploy/install-packages chromium chromium-driver || echo "Without a browser its tests are passed over."
	swift build --build-tests
	Tests/run $(TEST)

# The messaging core on a simulated loop, log and store: SIMULATE passes options (--schedules 1000000, --seed 17)
simulate: deps ## 100,000 seeded schedules of the messaging core on all cores; options in SIMULATE
	# A build of its own, for speed: the tests have the checks of exclusivity.
	swift build -c release --product rapport-simulate --scratch-path .build/simulate --static-swift-stdlib \
		-Xswiftc -enforce-exclusivity=unchecked -Xswiftc -cross-module-optimization
	.build/simulate/release/rapport-simulate $(SIMULATE)

# Whoever reads others' bytes under libFuzzer and AddressSanitizer. READERS names some of them, FUZZ passes options of libFuzzer:
# make fuzz READERS="csv vcard" FUZZ="-max_total_time=3600"
fuzz: deps ## changed inputs for all that reads others' bytes, two minutes each, with sanitizers; options in READERS and FUZZ
	READERS="$(READERS)" Tests/FuzzTests/fuzz $(FUZZ)

bench: deps ## measure, each figure beside its limit or peer in the same run; options in BENCH
	swift build -c release --product rapport-bench
	$(RELEASE)/rapport-bench $(BENCH)

bench-scale: deps ## measure one, two and four processes of a service on one backlog; a service's name in BENCH
	swift build -c release --product rapport-bench
	$(RELEASE)/rapport-bench scale $(BENCH)

# CHAOS passes options: make chaos CHAOS="--minutes 2 --seed 7"
chaos: deps ## kill, stop and cut everything under load for ten minutes, and prove that nothing was lost or doubled; options in CHAOS
	swift build -c release --product rapport-chaos
	$(RELEASE)/rapport-chaos $(CHAOS)

down: ## stop what make demo left running; WIPE=1 deletes its data too
	@if [ -x $(RELEASE)/rapport ]; then $(RELEASE)/rapport down $(if $(WIPE),--wipe); else echo "nothing was built, so nothing runs"; fi

status: ## what runs, whether it is ready, memory, lag
	@$(RELEASE)/rapport status

build: deps ## build all programs for release
	swift build -c release

lint: ## check the form of the code
	swift format lint --strict -r $(FOLDERS)

format: ## bring the code into its form
	swift format -i -r $(FOLDERS)

deps: ## install the Debian packages that are missing
	@deploy/install-packages
