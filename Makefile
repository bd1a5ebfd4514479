# Everything a newcomer or CI needs, on Debian 12 or 13 with a Swift 6.2 or later toolchain, as root.
#
#   make demo    a small fleet on this machine: facts, plan, apply, verify, check, rollback
#   make demo-up, make demo-down   the demo's fleet alone, to type commands against
#   make test    everything: format, build, unit and law tests, shellcheck, the lab's real hosts
#   make fault-matrix   every fault at every step on real mail servers; run nothing else meanwhile
#   make night   an operator's night on a mixed fleet, every surprise in it; its transcript is docs/night.md
#   make wild    unusual hosts, one after the other; `make wild WILD=postfix/01` for some
#   make laws    every pair of playbooks one after the other, of which make unit takes a sample
#   make bench   mtactl beside OpenSSH, pyinfra and Ansible on the same hosts, 50 ms away
#   make sanitize   SSH and drivers under the address and thread sanitizers
#   make fuzz    every parser under libFuzzer for an hour; FUZZ_SECONDS=60 for a minute
#   make install the release build, its man pages and completions, to $(PREFIX)
#   make deb     a Debian package in .build/deb, checked by lintian

PREFIX ?= /usr/local
# The servers that lab-test is run on; `make lab-test LAB_HOSTS=all` takes every one that the lab has. `*2`: two copies,
# for faults side by side.
LAB_HOSTS ?= deb12*2,deb13*2,deb12-rsyslog,deb13-sudo,deb13-wild,exim12,exim13
# Copies of hosts side by side: each is stopped at another step. One mail server after the other.
FAULT_HOSTS ?= deb12*6,deb13*6 exim13-split*12 deb13-sendmail*12 cpanel13*12
# Some of the cases of Tests/Lab/wild: `WILD=postfix/01`. Two hosts at a time.
WILD ?=
SWIFT_BUILD = swift build --explicit-target-dependency-import-check error
# Swift's libraries are linked in: the program starts in half the time and needs no Swift on the machine.
RELEASE_BUILD = swift build -c release --static-swift-stdlib --product mtactl

# Everything is compiled with libFuzzer's counters, so it has its own build folder.
FUZZ_SECONDS ?= 3600
FUZZ_BUILD = MTACTL_FUZZ=1 swift build -c release --sanitize fuzzer -Xswiftc -enable-testing --scratch-path .build-fuzz --product fuzz

.PHONY: all setup-build setup-lab setup format lint build unit shellcheck gates stand-in lab-test test night wild fault-matrix laws demo demo-up demo-down bench sanitize fuzz release install-files install deb clean

all: build

# Only what building needs: a machine that mtactl is installed on runs no tests.
setup-build:
	Tests/Lab/setup build

# What the lab and the demo need in addition.
setup-lab:
	Tests/Lab/setup lab

setup:
	Tests/Lab/setup tests
	Tests/Oracle/setup

format:
	swift format --in-place --recursive Package.swift Sources Tests

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

build:
	$(SWIFT_BUILD) --build-tests

unit: build
	swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width 6 --skip LabTests

laws: build
	MTACTL_LAWS=all swift test --skip-build --disable-xctest --filter 'OneAfterAnotherTests|GrowthTests|WildTests'

# The agent is checked as a whole. It uses `a && b || return` on purpose (SC2015); eval sets and calls what shellcheck takes for unset and unused.
AGENT = Sources/Drivers/POSIX/Agent/*.sh Sources/Drivers/POSIX/agent.sh

shellcheck:
	cat $(AGENT) | shellcheck -s sh -e SC2015,SC2154,SC2317 -
	cat Sources/Drivers/POSIX/Agent/folders.sh Sources/Drivers/POSIX/Agent/disarm.sh Sources/Drivers/POSIX/restore.sh | shellcheck -s sh -e SC2015,SC2154,SC2317 -
	shellcheck -s sh debian/share Tests/Fuzz/run Tests/Oracle/setup Sources/Drivers/POSIX/facts.sh Sources/MailServers/*/*/*.sh Sources/MailServers/*/*/Programs/*.sh

gates:
	Tests/gates

# The stand-ins for products, compared with the products' documentation.
stand-in:
	cd Tests/Lab && for product in icewarp kerio labmail; do \
		/usr/bin/python3 -B -m unittest discover -s $$product/tests -t . || exit 1; \
	done
	for product in exchange mailenable windows; do \
		( cd Tests/Lab/$$product && PYTHONPATH=../windows /usr/bin/python3 -B -m unittest discover -s tests -t . ) || exit 1; \
	done

lab-test: build
	Tests/Lab/lab up --wait --hosts '$(LAB_HOSTS)'
	MTACTL_LAB=1 swift test --skip-build --disable-xctest --filter LabTests; status=$$?; Tests/Lab/lab down; exit $$status

night: setup
	swift build --product mtactl
	Tests/Lab/night

wild: setup build
	status=0; for hosts in $$(Tests/Lab/wild/run --hosts $(WILD)); do \
		Tests/Lab/lab up --wait --hosts "$$hosts" && Tests/Lab/wild/run --table docs/wild.md --up "$$hosts" $(WILD) || status=1; \
		Tests/Lab/lab down; \
	done; exit $$status

fault-matrix: setup build
	set -f; status=0; for hosts in $(FAULT_HOSTS); do \
		Tests/Lab/lab up --wait --hosts "$$hosts" && \
			MTACTL_LAB=1 MTACTL_FAULTS=all MTACTL_RECORD=1 swift test --skip-build --disable-xctest --filter FaultTests.*leaves || status=1; \
		Tests/Lab/lab down; \
	done; exit $$status

test: setup lint gates shellcheck stand-in unit lab-test

demo: setup-lab
	swift build --product mtactl
	Tests/Lab/demo

demo-up: setup-lab
	swift build --product mtactl
	Tests/Lab/demo up

demo-down:
	Tests/Lab/lab down

bench: setup
	$(RELEASE_BUILD)
	Tests/Bench/bench
	Tests/Bench/bastion

# Everything is compiled with the sanitizer, so each has its own build folder. What Swift's runtime does by design is suppressed.
sanitize:
	for sanitizer in address thread; do \
		folder=.build-$$(printf %.1s $$sanitizer)san; \
		swift build --build-tests --sanitize $$sanitizer --scratch-path $$folder && \
		ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/thread-sanitizer.supp \
			swift test --skip-build --disable-xctest --sanitize $$sanitizer --scratch-path $$folder \
			--experimental-maximum-parallelization-width 2 --filter '^(SSHTests|DriversTests)\.' || exit 1; \
	done

fuzz: setup
	$(FUZZ_BUILD)
	Tests/Fuzz/run .build-fuzz/release/fuzz $(FUZZ_SECONDS)

release:
	$(RELEASE_BUILD)
	debian/share .build/release/mtactl .build/share

# Where Debian's shells look for completions: for a package's, and for an administrator's.
ZSH_COMPLETIONS = $(if $(filter /usr,$(PREFIX)),/usr/share/zsh/vendor-completions,$(PREFIX)/share/zsh/site-functions)
FISH_COMPLETIONS = $(if $(filter /usr/local,$(PREFIX)),/etc/fish/completions,$(PREFIX)/share/fish/vendor_completions.d)

install-files:
	install -D -s -m 0755 .build/release/mtactl $(DESTDIR)$(PREFIX)/bin/mtactl
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man1 .build/share/man/*.1
	install -D -m 0644 .build/share/completion.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/mtactl
	install -D -m 0644 .build/share/completion.zsh $(DESTDIR)$(ZSH_COMPLETIONS)/_mtactl
	install -D -m 0644 .build/share/completion.fish $(DESTDIR)$(FISH_COMPLETIONS)/mtactl.fish

install: setup-build release install-files

deb: setup-build
	apt-get install -y -qq debhelper lintian
	mkdir -p .build/deb
	dpkg-buildpackage --build=binary --no-sign --buildinfo-option=-u.build/deb --changes-option=-u.build/deb \
		--buildinfo-file=.build/deb/mtactl.buildinfo --changes-file=.build/deb/mtactl.changes
	lintian --fail-on error,warning --tag-display-limit 0 .build/deb/mtactl_*.deb

clean:
	-Tests/Lab/lab down
	rm -rf .build .build-fuzz .build-asan .build-tsan
