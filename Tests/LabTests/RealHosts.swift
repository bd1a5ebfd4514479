import Testing

/// All tests on the lab's hosts: one after the other, as there is one lab.
@Suite(.serialized, .enabled(if: Lab.isUp, "the lab is not up: `make lab-test`"))
enum RealHosts {}
