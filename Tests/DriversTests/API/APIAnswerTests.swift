import Drivers
import MTAPlan
import Testing

/// What a host answers is data: whatever it says, it can do no more than fail to be understood.
@Suite struct APIAnswerTests {
    @Test func `a result keeps everything that it has`() throws {
        let body = #"{"jsonrpc":"2.0","id":3,"result":{"b":true,"n":1,"d":1.5,"s":"é\"","l":[null,false],"o":{}}}"#

        let answer = try APISession.read(Array(body.utf8), number: 3)

        #expect(
            answer
                == .result(
                    .object([
                        "b": .flag(true), "n": .integer(1), "d": .number(1.5), "s": .text("é\""),
                        "l": .list([.null, .flag(false)]), "o": .object([:]),
                    ])
                )
        )
    }

    @Test func `an error is told with its code`() throws {
        let body = #"{"jsonrpc":"2.0","id":3,"error":{"code":-32601,"message":"Method\u001b not found."}}"#

        let answer = try APISession.read(Array(body.utf8), number: 3)

        #expect(answer.isUnknownMethod)
        #expect(answer.trouble == "Method\\x1b not found.")
    }

    @Test(arguments: [
        "", "x", "[]", "{}", "null", #"{"id":3}"#, #"{"id":4,"result":{}}"#, #"{"id":"3","result":{}}"#,
        #"{"id":3,"error":{}}"#, #"{"id":3,"error":{"code":"x"}}"#, #"{"id":3,"error":1}"#,
        String(repeating: "[", count: 100_000), #"{"id":3,"result":"# + String(repeating: "[", count: 5000),
    ])
    func `what is no answer is a failure`(body: String) {
        #expect(throws: Failure.self) { try APISession.read(Array(body.utf8), number: 3) }
    }
}
