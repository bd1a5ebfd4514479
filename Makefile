# Everything a newcomer or CI needs, on Debian 12 or 13 with a Swift 6.2 or later toolchain, as root.
#
#   make demo    a small fleet on this machine: facts, plan, apply, verify, check, rollback
#   make test    everything: format, build, unit and law tests, shellcheck, the lab's real hosts
#   make bench   mtactl beside OpenSSH, pyinfra and Ansible on the same hosts, 50 ms away
#   make install the release build to $(PREFIX)/bin

PREFIX ?= /usr/local
SWIFT_BUILD = swift build --explicit-target-dependency-import-check error

.PHONY: all setup format lint build unit shellcheck gates lab-test test demo bench install clean

all: build

setup:
	Tests/Lab/setup

format:
	swift format --in-place --recursive Package.swift Sources Tests

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

build:
	$(SWIFT_BUILD) --build-tests

unit: build
	swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width 6 --skip LabTests

shellcheck:
	shellcheck -s sh Sources/MTAPlan/Facts/facts.sh Sources/MTAApply/Host/agent.sh Sources/MTAApply/Host/restore.sh Sources/MailServers/*/*.sh

gates:
	Tests/gates

lab-test: build
	Tests/Lab/lab up --wait --hosts all
	MTACTL_LAB=1 swift test --skip-build --disable-xctest --filter LabTests; status=$$?; Tests/Lab/lab down; exit $$status

test: setup lint gates shellcheck unit lab-test

demo: setup
	swift build --product mtactl
	Tests/Lab/demo

bench: setup
	swift build -c release --product mtactl
	Tests/Bench/bench

install: setup
	swift build -c release --product mtactl
	install -D -m 0755 .build/release/mtactl $(DESTDIR)$(PREFIX)/bin/mtactl

clean:
	-Tests/Lab/lab down
	rm -rf .build
