import Foundation
import MTAPlan
import MailServers
import Subprocess
import Testing

@testable import Drivers

/// What stands in the place of a file that a facts script reads must not stop it: a local user's pipe has no writer.
///
/// Each part of the script is run with a folder in the place of `/etc`, `/var` and `/home`, whose programs read
/// what the real ones do, and answer nothing.
@Suite("facts.sh, pipes in the place of files")
struct FactsPipeTests {
    struct Host: Sendable, CustomTestStringConvertible {
        var server: any MailServer
        /// With the files that each reads when it is run.
        var programs: [String: [String]]
        /// The files that it has, each with what makes the script read further ones.
        var files: [String: String]
        var testDescription: String { server.name }
    }

    static let hosts = [
        Host(
            server: Sendmail(),
            programs: [
                "m4": ["sendmail.mc", "own.m4"].map { "/etc/mail/\($0)" }, "make": [], "makemap": [],
                "sendmail": ["sendmail.cf", "local-host-names", "relay-domains", "mailertable.db", "aliases"]
                    .map { "/etc/mail/\($0)" },
            ],
            files: [
                "/etc/mail/sendmail.mc": "include(`/etc/mail/own.m4')dnl\n", "/etc/mail/own.m4": "dnl\n",
                "/etc/mail/submit.mc": "include(`/etc/mail/msp.m4')dnl\n", "/etc/mail/msp.m4": "dnl\n",
                "/etc/mail/sendmail.cf":
                    "Fw/etc/mail/local-host-names\nFR-o /etc/mail/relay-domains %[^\\#]\nKmailertable hash /etc/mail/mailertable\nO PidFile=/var/run/sendmail.pid\nO AliasFile=/etc/mail/aliases\n",
                "/etc/mail/submit.cf": "D{MTAHost}[127.0.0.1]\n", "/etc/mail/access": "", "/etc/mail/authinfo": "",
                "/etc/mail/mailertable": "", "/etc/mail/mailertable.db": "", "/etc/mail/local-host-names": "",
                "/etc/mail/relay-domains": "", "/etc/mail/aliases": "", "/etc/mail/Makefile": "",
                "/etc/mail/sendmail.conf": "", "/etc/mail/databases": "", "/etc/mail/mtactl-routes": "",
                "/etc/mail/mailer.conf": "", "/var/run/sendmail.pid": "1\n",
            ]
        ),
        Host(
            server: OpenSMTPD(),
            programs: [
                "smtpctl": [],
                "smtpd": ["/etc/smtpd.conf", "/etc/smtpd-more.conf", "/etc/smtpd-own", "/etc/smtpd.crt"],
            ],
            files: [
                "/etc/smtpd.conf":
                    "include \"/etc/smtpd-more.conf\"\ntable own file:/etc/smtpd-own\npki host cert \"/etc/smtpd.crt\"\nmatch for domain <own> action \"x\"\n",
                "/etc/smtpd-more.conf": "", "/etc/smtpd-own": "", "/etc/smtpd.crt": "", "/etc/smtpd-mtactl-logins": "",
            ]
        ),
        Host(
            server: Msmtp(),
            programs: ["msmtp": []],
            files: [
                "/etc/msmtprc": "", "/etc/php.ini": "", "/etc/php/8.4/cli/php.ini": "", "/home/u/.msmtprc": "",
            ]
        ),
        Host(
            server: Nullmailer(),
            programs: ["nullmailer-send": []],
            files: ["/etc/nullmailer/remotes": "", "/var/spool/nullmailer/queue": ""]
        ),
        Host(
            server: SSMTP(),
            programs: ["ssmtp": []],
            files: ["/etc/ssmtp/ssmtp.conf": "", "/etc/ssmtp/revaliases": ""]
        ),
        Host(
            server: DMA(),
            programs: ["dma": []],
            files: ["/etc/dma/dma.conf": "AUTHPATH /etc/dma/own\n", "/etc/dma/auth.conf": "", "/etc/dma/own": ""]
        ),
        Host(
            server: Qmail(),
            programs: [:],
            files: [
                "/var/qmail/bin/qmail-remote": "", "/var/qmail/bin/qmail-smtpd": "", "/var/qmail/bin/qmail-showctl": "",
                "/var/qmail/control/smtproutes": "", "/var/qmail/control/authsenders": "", "/var/qmail/control/me": "",
                "/var/qmail/control/locals": "", "/var/qmail/control/virtualdomains": "",
                "/var/qmail/control/rcpthosts": "", "/var/log/qmail/current": "",
            ]
        ),
        Host(
            server: Nullmailer(),
            programs: [:],
            files: [
                "/var/backups/mtactl/lock": "", "/var/backups/mtactl/r1/armed": "",
                "/var/backups/mtactl/r1/expired": "", "/var/backups/mtactl/r1/state.pending": "",
            ]
        ),
    ]

    @Test(arguments: hosts) func `nothing waits for a pipe, and one that is asked for is told`(_ host: Host)
        async throws
    {
        // A script that ends early reads no more.
        signal(SIGPIPE, SIG_IGN)
        // Where nobody else may write, else nothing would be run in the first place.
        let own = getuid() == 0 ? "/var/lib" : NSHomeDirectory()
        let root = URL(filePath: "\(own)/mtactl-pipes-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        try make(host, below: root)
        let program = try self.program(host, root)

        for path in host.files.keys.sorted() {
            try place(path, below: root, nil)
            let facts = try #require(try await answers(program), "waits for \(path)")

            if let answer = facts.files[root.path + path] { #expect(answer == .unreadable("not a file")) }
            try place(path, below: root, host.files[path])
        }
    }

    private static var places: Regex<(Substring, Substring)> { /\/(etc|var|home)\// }

    /// `content`: A pipe without one.
    private func place(_ path: String, below root: URL, _ content: String?) throws {
        let file = root.path + path
        try? FileManager.default.removeItem(atPath: file)
        let content = content?.replacing(Self.places) { root.path + $0.0 }
        if let content { try Data(content.utf8).write(to: URL(filePath: file)) } else { unsafe _ = mkfifo(file, 0o644) }
    }

    private func make(_ host: Host, below root: URL) throws {
        for (path, content) in host.files {
            let folder = URL(filePath: root.path + path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try place(path, below: root, content)
        }
        let bin = root.appending(path: "bin")
        try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
        for (name, files) in host.programs {
            let file = bin.appending(path: name)
            let words = files.map { "'\(root.path)\($0)'" }.joined(separator: " ")
            try Data("#!/bin/sh\n[ \"$1\" = -h ] || cat </dev/null -- /dev/null \(words) >/dev/null\n".utf8).write(
                to: file
            )
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
    }

    /// The script as sent to a host, with the folder before each path of the host's own.
    private func program(_ host: Host, _ root: URL) throws -> [UInt8] {
        var text = String(decoding: FactsScript(asking: [host.server]).text(for: .plan), as: UTF8.self)
        text = text.replacing(Self.places) { root.path + $0.0 }
        text = text.replacing("PATH=/usr/sbin", with: "PATH=\(root.path)/bin:/usr/sbin")
            .replacing("/usr/sbin/sendmail ", with: "\(root.path)/bin/sendmail ")
        return Array("N=5eed\nB=\(root.path)/var/backups/mtactl\n\(text)".utf8)
    }

    /// `nil` where the script waits for something: it is ended then.
    private func answers(_ program: [UInt8]) async throws -> Facts? {
        let ended = try await run(
            .name("timeout"),
            arguments: ["-k", "5", "60", "sh", "-s"],
            input: .array(program),
            output: .bytes(limit: 64 << 20),
            error: .string(limit: 1 << 20)
        )
        // timeout(1): 124, or 137 where it had to kill.
        if [.exited(124), .exited(137), .signaled(9)].contains(ended.terminationStatus) { return nil }
        return try FactsParser.facts(from: ended.standardOutput, nonce: "5eed")
    }
}
