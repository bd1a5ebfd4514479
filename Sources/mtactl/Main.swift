import ArgumentParser
import Console
import Foundation
import MTAApply
import MTAPlan

/// Where the program begins and ends.
@main
enum Main {
    static func main() async {
        StandardStreams.prepare()
        let status = await status(of: Array(CommandLine.arguments.dropFirst()))
        exit(Terminal().close(after: status))
    }

    /// Runs the command and says what it exits with.
    private static func status(of words: [String]) async -> Int32 {
        let terminal = Terminal()
        if let slip = MTACtl.configuration.unknownCommand(in: words) {
            terminal.complain(slip)
            return ExitStatus.commandLineWrong.rawValue
        }
        do {
            var command = try await MTACtl.asyncParseAsRoot(words)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return ExitStatus.done.rawValue
        } catch {
            // Help, the version and completions come as errors too, with a status of 0.
            let status = MTACtl.exitCode(for: error)
            let message = MTACtl.fullMessage(for: error)
            if status.isSuccess {
                if !message.isEmpty { terminal.show(text: message + "\n") }
            } else if !message.isEmpty {
                terminal.say(usage: message + "\n")
            }
            return status.rawValue
        }
    }
}

extension CommandConfiguration {
    /// What is wrong with the first words, where they name a command that does not exist.
    fileprivate func unknownCommand(in words: [String]) -> Failure? {
        var rest = words[...]
        if rest.first == "help" { rest = rest.dropFirst() }
        var path = [commandName ?? ""]
        var commands = subcommands.map { $0.configuration }
        while let word = rest.popFirst(), !word.hasPrefix("-"), !commands.isEmpty {
            path.append(word)
            guard let command = commands.first(where: { $0.commandName == word }) else {
                let hint = Spelling.hint(for: word, in: commands.compactMap(\.commandName))
                return Failure("`\(path.joined(separator: " "))` is not a command", hint: hint)
            }
            commands = command.subcommands.map { $0.configuration }
        }
        return nil
    }
}
