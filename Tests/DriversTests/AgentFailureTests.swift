import MTAPlan
import Testing

@testable import Drivers

@Suite struct AgentFailureTests {
    @Test func `a command that failed is quoted, and of a program of ours is said what it was for`() {
        let reload = AgentCall(["run", "reload"], ["postfix", "reload"])
        let health = AgentCall(
            ["run", "health"],
            Command(to: "check that Postfix is running", program: Array("kill -0 \"$1\"".utf8), ["9"])
        )

        let failures = [reload, health].map {
            AgentFailure(call: $0, code: $0.words[1], why: "no such process").failure
        }

        #expect(
            failures.map(\.problem) == [
                "`postfix reload` failed: no such process",
                "the host could not check that Postfix is running: no such process",
            ]
        )
    }

    @Test(arguments: ["build", "check", "differs", "rebuild", "reload", "health", "setting", "submit"])
    func `of what programs of the host said words are chosen, as they may quote its files`(_ code: String) {
        let call = AgentCall(["run", code, "a", "b"], ["mailer", "reload"])
        let why = "fatal: /etc/mailer/main.cf, line 7: bad string: smtp_login = user:x7Qk2vRm"

        let problem = AgentFailure(call: call, code: code, why: why).failure.problem

        #expect(!problem.contains("x7Qk2vRm") && problem.contains("fatal"), "\(problem)")
    }

    @Test func `of several files the one that is another now is named`() {
        let call = AgentCall(["backup", "/etc/postfix/main.cf", "/etc/postfix/master.cf"])

        let failure = AgentFailure(call: call, code: "moved", why: "/etc/postfix/main.cf is not what it was").failure

        #expect(
            failure.problem == "changed since it was planned: /etc/postfix/main.cf is not what it was"
        )
    }
}
