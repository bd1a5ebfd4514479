import MTAPlan
import Testing

@testable import Drivers

@Suite struct AgentFailureTests {
    @Test func `a command that failed is quoted, and of a program of ours is said what it was for`() {
        let reload = AgentCall(["run", "reload"], ["postfix", "reload"])
        let health = AgentCall(
            ["run", "health"],
            Command(to: "see that Postfix runs", program: Array("kill -0 \"$1\"".utf8), ["9"])
        )

        let failures = [reload, health].map {
            AgentFailure(call: $0, code: $0.words[1], why: "no such process").failure
        }

        #expect(
            failures.map(\.problem) == [
                "`postfix reload` failed: no such process",
                "the host could not see that Postfix runs: no such process",
            ]
        )
    }

    @Test func `of several files the one that is another now is named`() {
        let call = AgentCall(["backup", "/etc/postfix/main.cf", "/etc/postfix/master.cf"])

        let failure = AgentFailure(call: call, code: "moved", why: "/etc/postfix/main.cf is not what it was").failure

        #expect(
            failure.problem == "no longer as it was when it was planned: /etc/postfix/main.cf is not what it was"
        )
    }
}
