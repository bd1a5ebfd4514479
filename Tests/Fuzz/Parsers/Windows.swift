import MTAPlan
import Support

@testable import Drivers

extension Parser {
    /// What PowerShell prints on a Windows host.
    static let windows: [Parser] = [executor, errors]

    private static let nonce = "00ff"
    private static let calls = [
        ExecutorCall("a", "host.facts"), ExecutorCall("b", "host.facts"), ExecutorCall("c", "x"),
    ]
    private static let answer = """
        mtactl\t1
        shell\tremote
        call\ta\tok
        object
        prop\tGuid\ttext\tZzE=
        prop\tSpaces\tlist\tYQ==,Yg==
        prop\tFqdn\tnull
        object
        prop\tTlsDomain\tabsent
        call\tb\tok
        call\tb\tfailed
        error\tbm8=\tSWQ=\tQ2F0
        call\tc\tskipped
        end\t3

        """
    private static let words =
        [[UInt8]].signs + answer.split(separator: "\n").map { [UInt8]($0.utf8) }
        + [[UInt8]](
            words: "<<MTACTL: >> fatal :00ff: shell call ok failed skipped object prop text list null error end"
        )
        + ["error\tGxs=\t\t", "end\t99999999999999999999"].map { [UInt8]($0.utf8) }

    /// What stands around the frame means nothing, and each call that was asked for has one result.
    private static let executor = Parser("PowerShell's answer") { choices in
        var text = Array(answer.utf8)
        choices.edit(&text, atMost: 6, with: words)
        var output = Array("<<MTACTL:\(nonce):".utf8) + Base64.bytes(text) + Array(">>".utf8)
        if choices.maybe() { choices.edit(&output, with: words) }
        let isPart = choices.maybe()
        let read: ExecutorAnswer
        do throws(Failure) {
            read = try ExecutorAnswer(output: output, nonce: nonce, calls: calls, isPart: isPart)
        } catch { return try demandWords(error) }
        let noise = Array("Welcome! >> <<MTACT\r\n".utf8)
        let again = try ExecutorAnswer(output: noise + output + noise, nonce: nonce, calls: calls, isPart: isPart)
        try demand(again == read, "what stands around the answer changes it")
        let ids = Set(calls.map(\.id))
        try demand(isPart || Set(read.results.keys) == ids, "a call has no result")
        try demand(ids.isSuperset(of: read.results.keys), "a result of no call: \(read.results.keys)")
        if let shell = read.shell { try demandLine(shell) }
        for id in ids { if let trouble = read.trouble(id) { try demandWords(trouble.failure("doing it")) } }
        if (try? ExecutorAnswer(output: output, nonce: "ff00", calls: calls, isPart: isPart)) != nil {
            throw Violation("the answer to another document was taken")
        }
    }

    /// What PowerShell wrote as errors is read, and whatever it wrote, the words can be shown.
    private static let errors = Parser("CLIXML") { choices in
        var said = Array("'x' is <not> recognised &amp; _x000A_\nsecond \"line\"".utf8)
        choices.edit(&said, atMost: 6, with: .signs)
        let text = String(decoding: said, as: UTF8.self)
        let start = "#< CLIXML\r\n<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">"
        let progress = "<Obj S=\"progress\"><MS><S N=\"x\">Preparing modules for first use.</S></MS></Obj>"
        var written = Array((start + progress + "<S S=\"Error\">\(serialized(text))</S></Objs>").utf8)
        let meant = Printable.text(text).split(separator: "\n").filter { !$0.allSatisfy(\.isWhitespace) }
            .joined(separator: "\n")
        if !text.unicodeScalars.contains("\r") {
            try demand(
                CLIXML.text(written) == meant,
                "\(CLIXML.text(written).debugDescription) of \(text.debugDescription)"
            )
        }
        choices.edit(&written, atMost: 8, with: .signs + [Array("_x001B_[2J".utf8), Array("_xD83D_".utf8)])
        for line in CLIXML.text(written).split(separator: "\n") { try demandShowable(String(line), "an error") }
    }

    /// As [MS-PSRP] 2.2.5.3.2 has it.
    private static func serialized(_ text: String) -> String {
        let named: [Character: String] = ["<": "&lt;", ">": "&gt;", "&": "&amp;", "\"": "&quot;", "'": "&apos;"]
        var written = ""
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value
            let hex = String(scalar.value, radix: 16, uppercase: true)
            if isControl || scalar == "_" {
                written += "_x" + String(repeating: "0", count: 4 - hex.count) + hex + "_"
            } else {
                written += named[Character(scalar)] ?? String(scalar)
            }
        }
        return written
    }
}
