import ArgumentParser
import Drivers
import Foundation
import MTAApply
import MTAPlan
import MailServers

extension DiscoverCommand {
    /// Reads the directory through a host that SSH reaches; writes nothing there.
    struct LegacyExchangeCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "exchange-2003",
            abstract: "Read the connectors of Exchange 2000 or 2003 from Active Directory.",
            discussion: """
                Reads the SMTP connectors and virtual servers by LDAP, through the SSH connection to a host that \
                reaches a domain controller, and writes them to a file, from which `mtactl script PLAYBOOK -o FOLDER \
                --facts FILE` makes a change. LDAP is not encrypted between that host and the domain controller: \
                choose the domain controller itself if it has an SSH server.

                """ + ExitStatus.help((.done, "the file was written"), (.notDone, "it was not"))
        )

        @Argument(help: "A host of the inventory, through which the domain controller is reached.") var host: String

        @Option(
            name: [.short, .customLong("output")],
            help: "The file to write: the Exchange server's name in the inventory and `.ldf`.",
            completion: .file()
        )
        var output: String

        @Option(help: "The domain controller, as that host calls it. Default: the host itself.")
        var controller = "127.0.0.1"

        @Option(help: "Where the domain controller answers LDAP.") var port = 389

        @Option(help: "The account for the directory: `DOMAIN\\user`, `user@domain` or a distinguished name.")
        var login: String

        @Option(help: "The password: \(SecretReference.forms). Default: ask for it.") var password: String?

        @OptionGroup var shared: SharedOptions

        func validate() throws {
            guard (1...65535).contains(port) else { throw ValidationError("--port must be a number from 1 to 65535") }
        }

        func run() async throws {
            let access = try access()
            try await DiscoverCommand.discover(on: host, shared) { work, site throws(Failure) in
                guard let session = site as? HostSession else { throw Failure("this connection has no tunnels") }
                let export = try LegacyExchangeExport(
                    try await session.entries(LegacyExchangeExport.question, of: access)
                )
                try DiscoverCommand.write(
                    export.text,
                    to: output,
                    hint: "an existing file is not overwritten, as it shows how things were: name another with --output"
                )
                if !work.json { work.terminal.show(export.lines + ["\(output) is written"]) }
            }
        }

        private func access() throws -> DirectoryAccess {
            let what = "password of \(login)"
            var reference = SecretReference.prompt(what)
            if let password {
                do throws(Failure) { reference = try SecretReference(option: password, what: what) } catch {
                    throw ValidationError("--password \(error.problem)\n  hint: \(error.hint ?? "")")
                }
            }
            return DirectoryAccess(server: controller, port: port, login: Login(username: login, password: reference))
        }
    }
}
