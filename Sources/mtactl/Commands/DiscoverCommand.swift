import ArgumentParser
import Drivers
import Foundation
import MTAApply
import MTAPlan
import MailServers

struct DiscoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discover",
        abstract: "Find out what mtactl cannot know about a mail server by itself.",
        subcommands: [LegacyExchangeCommand.self, MailEnableCommand.self]
    )

    /// Does `discovery` on one host of the inventory, and ends the command; what `discovery` throws is said of the host.
    ///
    /// - Throws: When the inventory cannot be read, and the exit status.
    static func discover(
        on host: String,
        _ shared: SharedOptions,
        _ discovery: (CommandContext, any Site) async throws(Failure) -> Void
    ) async throws {
        var one = shared
        one.limit = host
        let work = try await CommandContext(inventoryOnly: one, showsResults: false)
        var outcome = Outcome.asAsked
        do throws(Failure) {
            guard let run = work.hosts.first, work.hosts.count == 1 else {
                throw Failure("`\(host)` is more than one host", hint: "name one")
            }
            try await discovery(work, run.site)
        } catch {
            work.terminal.complain(error.at(host))
            outcome = .unreachable
        }
        try await work.end(.ask, results: [SiteRecord(host: host, outcome: outcome)])
    }

    /// Writes a file that is not there yet.
    ///
    /// - Throws: When it cannot be written, with `hint`.
    static func write(_ text: String, to output: String, hint: String) throws(Failure) {
        do {
            let file = URL(filePath: HomeFolder.expanded(output))
            try Data(text.utf8).write(to: file, options: .withoutOverwriting)
        } catch {
            throw Failure("\(output) cannot be written: \(error.localizedDescription)", hint: hint)
        }
    }
}

extension DiscoverCommand {
    /// Reads the registry while a person works on the Smart host tab; writes nothing on the host.
    struct MailEnableCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "mailenable",
            abstract: "Find out how MailEnable stores its Smart host tab in the registry.",
            discussion: """
                You change the tab in MailEnable's console step by step, and mtactl reads the registry after each \
                step. Leave the SMTP service running meanwhile: it reads these values when it starts, so mail keeps \
                its old route. Then write into the play: mailenable: {profile: FILE}.

                """ + ExitStatus.help((.done, "the file was written"), (.notDone, "it was not"))
        )

        @Argument(help: "A host of the inventory.") var host: String

        @Option(name: [.short, .customLong("output")], help: "The file to write.", completion: .file())
        var output = "mailenable-registry.yml"

        @OptionGroup var shared: SharedOptions

        func run() async throws {
            try await DiscoverCommand.discover(on: host, shared) { work, site throws(Failure) in
                let profile = try await discover(on: site, work.terminal)
                let hint = "an existing file is not overwritten: name another with --output"
                try DiscoverCommand.write(profile.text, to: output, hint: hint)
                work.terminal.show("\(output): MailEnable \(profile.version)")
            }
        }

        private func discover(on site: any Site, _ terminal: Terminal) async throws(Failure) -> MailEnableProfile {
            let before = try await found(on: site)
            terminal.say(
                "\(host): MailEnable \(before.version ?? ""); open the console's SMTP connector, Smart host tab"
            )
            terminal.say("write down what is on the tab: you will put it back at the end")
            var discovery = MailEnableDiscovery()
            for (number, step) in MailEnableDiscovery.Step.allCases.enumerated() {
                for words in ["\(number + 1)."] + step.words { terminal.say(words) }
                try terminal.waitForReturn()
                discovery.add(try await found(on: site))
            }
            let profile = try discovery.profile(version: before.version)
            terminal.say("now put back what was on the tab, and press OK")
            try terminal.waitForReturn()
            let after = try await found(on: site)
            let names = Set(profile.values.values.map(\.name))
            let differing = names.filter { name in
                before.rows[name].map { $0 != after.rows[name] } ?? false
            }
            if !differing.isEmpty {
                terminal.warn(
                    Failure(
                        "not as before: \(differing.sorted().joined(separator: ", "))",
                        hint: "check the tab before the SMTP service restarts"
                    )
                )
            }
            return profile
        }

        private func found(on site: any Site) async throws(Failure) -> MailEnableSite {
            guard let found = MailEnableSite(try await site.facts(for: .plan, files: [])) else {
                throw Failure("the host has no MailEnable", hint: "`mtactl facts` shows what it has")
            }
            return found
        }
    }
}
