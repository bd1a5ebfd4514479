import ArgumentParser
import Foundation
import MTAApply
import MTAPlan
import SystemPackage

/// Reads the operator's files.
///
/// What is wrong with them ends the command with exit 65.
struct Files {
    let terminal: Terminal

    func data(_ path: String) throws -> Data { try read(path).data }

    /// A file's bytes, and whose it is.
    func read(_ path: String) throws -> (data: Data, stat: Stat) {
        do { return try OwnFiles.read(path) } catch {
            throw stop(Failure("it cannot be read: \(error)", at: path))
        }
    }

    /// The inventory, with the variables next to the playbook where there is one.
    func inventory(
        _ options: InventoryOptions,
        login: LoginOptions? = nil,
        playbook: String? = nil,
        saysWarnings: Bool = true
    ) async throws -> Inventory {
        var reader = InventoryReader()
        do {
            let folder = options.playbookFolder.map { $0 == "." ? "" : $0 } ?? playbook.map(Self.folder)
            var inventory = try await reader.inventory(options, login, playbookFolder: folder)
            if options.quiet {
                inventory.warnings = []
                return inventory
            }
            for note in reader.notes { terminal.say(note) }
            for warning in reader.warnings { terminal.warn(warning) }
            guard saysWarnings else { return inventory }
            for warning in FailureSummary.ofKinds(inventory.warnings) { terminal.warn(warning) }
            return inventory
        } catch let failure as Failure {
            throw stop(failure)
        } catch let failures as Failures {
            throw stop(FailureSummary.ofKinds(failures.all, most: 20))
        }
    }

    /// The folder that a file is in; empty for the current one.
    static func folder(of path: String) -> String {
        let folder = URL(filePath: path).deletingLastPathComponent().relativePath
        return folder == "." ? "" : folder
    }

    /// Runs `body` and says what is wrong, all of it.
    func checked<Value>(_ body: () throws(Failures) -> Value) throws -> Value {
        do throws(Failures) { return try body() } catch { throw stop(error.all) }
    }

    func checked<Value>(_ body: () throws(Failure) -> Value) throws -> Value {
        do throws(Failure) { return try body() } catch { throw stop(error) }
    }

    /// `--limit`, with the files that it names.
    ///
    /// `lists`: What is known already, by name.
    func limit(_ text: String, lists: [String: String]) throws -> HostPattern? {
        var files = lists
        for name in HostPattern.filesNamed(in: text) where files[name] == nil {
            files[name] = FileManager.default.contents(atPath: name).map { String(decoding: $0, as: UTF8.self) }
        }
        return try checked { () throws(Failure) in try HostPattern(limit: text, files: files) }
    }

    /// The lines of a file that may be missing.
    func lines(of path: String) -> [String]? {
        FileManager.default.contents(atPath: path).map {
            String(decoding: $0, as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    func stop(_ failures: Failure...) -> ExitCode { stop(failures) }

    func stop(_ failures: [Failure]) -> ExitCode {
        for failure in failures { terminal.complain(failure) }
        return ExitCode(ExitStatus.inputWrong.rawValue)
    }
}
