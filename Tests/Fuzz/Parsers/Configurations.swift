import Foundation
import MTAPlan
import Support

@testable import MailServers

extension Parser {
    /// The parsers of configuration files by themselves: what was read is written again to the byte.
    static let configurations: [Parser] = [
        round("main.cf", from: "postfix", "main.cf") { bytes in
            try setting(bytes)
            return MainCF(bytes).bytes
        },
        round("master.cf", from: "postfix", "master.cf") { MasterCF($0).bytes },
        round("Postfix map", from: "postfix", "mtactl_senders") { bytes in
            _ = PostfixTable.rows(bytes)
            return ConfigLines(bytes).bytes
        },
        round("Exim text", from: "exim", "exim4.conf") { EximText($0).bytes },
        round("Sendmail table", from: "sendmail", "mailertable") { bytes in
            _ = SendmailTable.rows(bytes)
            return ConfigLines(bytes).bytes
        },
        round("smtproutes", from: "qmail", "smtproutes") { (try? ControlFile($0))?.bytes ?? $0 },
        round("smtpd.conf", from: "opensmtpd", "smtpd.conf") { bytes in
            _ = try? SmtpdConf(ConfigLines(bytes))
            return bytes
        },
        block,
    ]

    private static func round(
        _ name: String,
        from server: String,
        _ file: String,
        _ again: @escaping @Sendable ([UInt8]) throws -> [UInt8]
    ) -> Parser {
        let seeds = Seeds.files(of: server, called: file)
        let words =
            [[UInt8]].signs
            + Set(seeds.flatMap { $0.split(separator: 0x0A) }.map { Array($0) })
            .filter { $0.count < 200 }.sorted { $0.lexicographicallyPrecedes($1) }
        return Parser(name) { choices in
            var bytes = choices.one(of: seeds)
            choices.edit(&bytes, atMost: 8, with: words)
            try demand(
                try again(bytes) == bytes,
                "\(name) is not written as it was read: \(String(decoding: bytes, as: UTF8.self))"
            )
        }
    }

    /// What was set is what is read, setting it twice is setting it once, and no other parameter changes.
    private static func setting(_ bytes: [UInt8]) throws {
        var once = MainCF(bytes)
        let others = once.names.filter { $0 != "relayhost" }
        let before = others.map { once.value(of: $0) }
        guard let _ = try? once.set("relayhost", to: "[outgoing.example.net]:587") else { return }
        var twice = once
        try twice.set("relayhost", to: "[outgoing.example.net]:587")
        let isRight =
            MainCF(once.bytes).value(of: "relayhost") == "[outgoing.example.net]:587" && twice == once
            && others.map { once.value(of: $0) } == before
        try demand(
            isRight,
            "main.cf: set, and something else: \(String(decoding: bytes, as: UTF8.self).debugDescription)"
        )
    }

    /// What is put between our marks is there once, and what is around them comes back when it is removed.
    private static let block = Parser("marked block") { choices in
        var bytes = choices.one(of: [Array("a = b\n".utf8), [], Array("x\r\ny".utf8)])
        choices.edit(&bytes, atMost: 8, with: .signs)
        let content: [[UInt8]] = (0..<choices.number(below: 4)).map { Array("setting \($0)".utf8) }
        var lines = ConfigLines(bytes)
        do throws(Failure) { if try lines.block() != nil { return } } catch { return try demandWords(error) }
        do throws(Failure) {
            try lines.setBlock(content, replacing: { number, _ in number % 3 == 0 })
            let once = lines
            try lines.setBlock(content, replacing: { number, _ in number % 3 == 0 })
            if lines != once { throw Failure("the second time differs from the first") }
            if try lines.blockContent() != content { throw Failure("the block is not what was put in") }
            try lines.setBlock([], replacing: { _, _ in false })
        } catch {
            throw Violation("\(error.problem): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
        // A comment that begins as ours do was one of ours.
        let isOurs = bytes.firstRange(of: Array("#mtactl# ".utf8)) != nil
        try demand(
            isOurs || lines.bytes == bytes,
            "not as it was: \(String(decoding: bytes, as: UTF8.self).debugDescription)"
        )
    }
}

/// Files to begin with.
enum Seeds {
    /// The files of a server's fixtures whose names end so; an empty one where there is none.
    static func files(of server: String, called name: String) -> [[UInt8]] {
        let all = ((try? Fixture.all(of: server)) ?? []).flatMap {
            $0.facts.read.values.sorted { $0.realPath < $1.realPath }
        }
        let found = all.filter { $0.realPath.hasSuffix(name) }.map(\.bytes)
        return found.isEmpty ? [[]] : Array(Set(found)).sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The files of a folder of the project, by name.
    static func folder(_ path: String, ending: String) -> [[UInt8]] {
        let folder = root.appending(path: path)
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
        let files = names.filter { $0.hasSuffix(ending) }.compactMap {
            try? Data(contentsOf: folder.appending(path: $0))
        }
        precondition(!files.isEmpty, "nothing in \(path)")
        return files.map { Array($0) }
    }
}
