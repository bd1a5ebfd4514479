import Drivers
import Foundation
import MTAPlan
import Support

extension Parser {
    /// What an administration interface answers.
    static let administration: [Parser] = [call]

    private static let bodies = [
        #"{"jsonrpc":"2.0","id":3,"result":{"b":true,"n":1,"d":1.5,"s":"é\"\ud83d\ude00","l":[null,false],"o":{}}}"#,
        #"{"jsonrpc":"2.0","id":3,"error":{"code":-32601,"message":"Method\u001b not found.","data":{"x":[]}}}"#,
        #"{"jsonrpc":"2.0","id":3,"result":{"list":[{"id":"keriodb://1"}],"totalItems":1}}"#,
    ].map { [UInt8]($0.utf8) }

    static let jsonWords =
        [[UInt8]].signs
        + [[UInt8]](
            words:
                #"null true -32001 1e400 -0 9223372036854775808 1e18 0.1 "id":4 "error": "code": \ud800 [[ ]] {"result":"#
        )
        + [[UInt8](repeating: UInt8(ascii: "["), count: 600)]

    /// What was read is written and read the same; an answer to another call is none.
    private static let call = Parser("administration interface's answer") { choices in
        var body = choices.one(of: bodies)
        choices.edit(&body, atMost: 6, with: jsonWords)
        let answer: APIAnswer
        do throws(Failure) { answer = try APISession.read(body, number: 3) } catch { return try demandWords(error) }
        switch answer {
        case .failed(_, let message):
            try demand(message.count <= 1000, "words without an end")
            try demandLine(answer.trouble ?? "")
        case .result(let value):
            let written = try JSONEncoder().encode(["id": .integer(3), "result": value] as [String: APIValue])
            let again = try APISession.read(Array(written), number: 3)
            try demand(again == answer, "\(again) was written as \(String(decoding: written, as: UTF8.self))")
            if (try? APISession.read(body, number: 4)) != nil {
                throw Violation("the answer to another call was taken: \(String(decoding: body, as: UTF8.self))")
            }
        }
    }
}
