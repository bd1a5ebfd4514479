import Foundation
import Testing

extension RealHosts {
    /// Exchange 2003's directory, read through the SSH connection to another host, and changed by the files that are made of it.
    @Suite(.enabled(if: ExchangeLab.isUp("windows", "exch03"), "the lab is up without windows and exch03"))
    struct ExchangeDirectoryTests {
        private static let administrator = "cn=Administrator,cn=Users,dc=lab,dc=test"

        private func playbook(_ bench: Workbench) throws -> String {
            try bench.write(
                "playbook.yml",
                """
                smarthosts: {filter: {host: 198.18.2.5, port: 587, tls: none}}
                plays: [{name: test, hosts: exch03, mta: exchange, routes: {default: filter, bounces: default}}]

                """
            )
        }

        /// All that the directory has below its configuration, without what it notes of changes itself.
        ///
        /// The lines of each entry are sorted: a value that was written again comes last.
        private func entries() async throws -> [[String]] {
            try await Lab.on(
                "exch03",
                "ldapsearch -LLL -o ldif-wrap=no -x -H ldap://127.0.0.1 -D '\(Self.administrator)' -w '\(try ExchangeLab.password)' "
                    + "-b cn=Configuration,dc=lab,dc=test"
            )
            .components(separatedBy: "\n\n").map { $0.split(separator: "\n").map(String.init).sorted() }
        }

        private func change(_ file: String) async throws -> Lab.Ended {
            let data = try Data(contentsOf: URL(filePath: file)).base64EncodedString()
            return try await Lab.lab([
                "exec", "exch03", "sh", "-c",
                "printf %s '\(data)' | base64 -d | ldapmodify -x -H ldap://127.0.0.1 -D '\(Self.administrator)' "
                    + "-w '\(try ExchangeLab.password)'",
            ])
        }

        private func discover(_ file: String, password: String) async throws -> Lab.Ended {
            try await ExchangeLab.mtactl(
                "discover",
                "exchange-2003",
                "windows",
                "--controller",
                "exch03.lab.test",
                "--login",
                Self.administrator,
                "--password",
                "env:DIRECTORY_PASSWORD",
                "-o",
                file,
                environment: ["DIRECTORY_PASSWORD": password]
            )
        }

        /// Reads the directory again, and makes the files of a change.
        private func script(_ bench: Workbench, _ folder: String) async throws -> Lab.Ended {
            try FileManager.default.createDirectory(
                atPath: "\(bench.path)/\(folder)",
                withIntermediateDirectories: true
            )
            let export = "\(bench.path)/\(folder)/exch03.ldf"
            let read = try await discover(export, password: try ExchangeLab.password)
            #expect(read.status == 0, "\(read)")
            let words = ["-o", "\(bench.path)/\(folder)", "--facts", export, "-i", "exch03,"]
            return try await Lab.lab(["run", Lab.program, "script", try playbook(bench)] + words)
        }

        @Test func `files lead there and back, value for value, and then there is nothing left to change`() async throws
        {
            let bench = try Workbench()
            try await Lab.reset("exch03")
            let before = try await entries()

            let made = try await script(bench, "first")
            #expect(made.status == 0 && made.output.contains("msExchSmtpSmartHost: [198.18.2.5]"), "\(made)")
            #expect(try await entries() == before, "reading and planning touch nothing")
            let forward = try await change("\(bench.path)/first/exch03.forward.ldf")
            #expect(forward.status == 0, "\(forward)")
            let after = try await entries()
            for line in ["msExchSmtpSmartHost: [198.18.2.5]", "msExchSmtpOutgoingPort: 587"] {
                #expect(after.contains { $0.contains(line) })
            }

            let again = try await script(bench, "second")
            #expect(again.status == 0, "\(again)")
            #expect(!FileManager.default.fileExists(atPath: "\(bench.path)/second/exch03.forward.ldf"))

            let back = try await change("\(bench.path)/first/exch03.back.ldf")
            #expect(back.status == 0, "\(back)")
            #expect(try await entries() == before)
        }

        @Test func `a change that stops at a value of somebody else is put back by the other file`() async throws {
            let bench = try Workbench()
            try await Lab.reset("exch03")
            let made = try await script(bench, "first")
            #expect(made.status == 0, "\(made)")
            let export = try Lab.text(of: "\(bench.path)/first/exch03.forward.ldf")
            let server = try #require(export.components(separatedBy: "\n\n").last)
            let other = server.replacing(
                "add: msExchSmtpOutgoingPort\nmsExchSmtpOutgoingPort: 587",
                with: "add: msExchSmtpOutgoingPort\nmsExchSmtpOutgoingPort: 26"
            )
            #expect(try await change(try bench.write("other.ldf", other)).status == 0)
            let before = try await entries()

            let forward = try await change("\(bench.path)/first/exch03.forward.ldf")
            #expect(forward.status != 0, "\(forward)")
            #expect(try await entries() != before, "the connector came first")
            let back = try await change("\(bench.path)/first/exch03.back.ldf")
            #expect(back.status != 0, "\(back)")
            #expect(try await entries() == before)
        }

        @Test func `a wrong password, a silent port and a file that is there are told, and nothing is written`()
            async throws
        {
            let bench = try Workbench()
            try await Lab.reset("exch03")
            let file = "\(bench.path)/exch03.ldf"

            let refused = try await discover(file, password: "wrong")
            #expect(refused.status == 1 && refused.errors.contains("(code 49)"), "\(refused)")
            #expect(!FileManager.default.fileExists(atPath: file))
            _ = try bench.write("exch03.ldf", "kept")
            let there = try await discover(file, password: try ExchangeLab.password)
            #expect(there.status == 1 && there.errors.contains("is not overwritten"), "\(there)")
            #expect(try Lab.text(of: file) == "kept")
        }
    }
}
