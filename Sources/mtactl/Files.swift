import ArgumentParser
import Foundation
import MTAPlan
import MailServers
import Subprocess
import SystemPackage

/// Reads the operator's files.
///
/// What is wrong with them ends the command with exit 65.
struct Files {
    let terminal: Terminal

    func data(_ path: String) throws -> Data {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw stop(Failure("there is no such file, or it cannot be read", at: path))
        }
        return data
    }

    /// The inventory: what `-i` names, else `MTACTL_INVENTORY`, else `Inventory` in the current folder.
    func inventory(
        _ options: InventoryOptions,
        login: LoginOptions = LoginOptions(),
        playbook: String? = nil
    ) async throws -> Inventory {
        var paths = options.inventory
        if paths.isEmpty { paths = [ProcessInfo.processInfo.environment["MTACTL_INVENTORY"] ?? "Inventory"] }
        var sources: [InventorySource] = []
        for path in paths { sources.append(try await source(path)) }
        let defaults = HostDefaults(
            user: login.user,
            asksPassword: login.askPassword,
            asksBecomePassword: login.askBecomePassword
        )
        let inventory = try checked { () throws(Failures) in
            try Inventory.load(sources, defaults: defaults, in: Catalog.language)
        }
        if !options.quiet { for warning in inventory.warnings { terminal.say("warning: \(warning)") } }
        return inventory
    }

    /// Runs `body` and says what is wrong, all of it.
    func checked<Value>(_ body: () throws(Failures) -> Value) throws -> Value {
        do throws(Failures) { return try body() } catch { throw stop(error.all) }
    }

    func checked<Value>(_ body: () throws(Failure) -> Value) throws -> Value {
        do throws(Failure) { return try body() } catch { throw stop(error) }
    }

    /// `--limit`, with the files that it names.
    func limit(_ text: String?) throws -> HostPattern? {
        guard let text else { return nil }
        var files: [String: String] = [:]
        for name in HostPattern.filesNamed(in: text) {
            files[name] = FileManager.default.contents(atPath: name).map { String(decoding: $0, as: UTF8.self) }
        }
        return try checked { () throws(Failure) in try HostPattern(limit: text, files: files) }
    }

    func stop(_ failures: Failure...) -> ExitCode { stop(failures) }

    func stop(_ failures: [Failure]) -> ExitCode {
        for failure in failures { terminal.complain(failure) }
        return ExitCode(ExitStatus.inputWrong.rawValue)
    }

    private func source(_ path: String) async throws -> InventorySource {
        guard FileManager.default.fileExists(atPath: path) else {
            throw stop(
                Failure(
                    "there is no inventory here",
                    hint: "name one with -i; Inventory/example.yml shows the format",
                    at: path
                )
            )
        }
        let folder = isFolder(path) ? path : URL(filePath: path).deletingLastPathComponent().relativePath
        let main = isFolder(path) ? nil : URL(filePath: path).lastPathComponent
        var files: [String: InventorySource.Content] = [:]
        for name in try main.map({ try namesBeside($0, in: folder) }) ?? names(in: folder) {
            let wanted =
                InventorySource.isVariables(name) || (main == nil ? InventorySource.isHosts(name) : name == main)
            if wanted { files[name] = try await content("\(folder)/\(name)") }
        }
        return InventorySource(folder: folder == "." ? "" : folder, main: main, files: files)
    }

    /// An inventory file and the variables beside it.
    ///
    /// Nothing else is looked at: the folder may be somebody's home.
    private func namesBeside(_ main: String, in folder: String) throws -> [String] {
        let folders = ["group_vars", "host_vars"].filter { isFolder("\(folder)/\($0)") }
        return [main] + (try folders.flatMap { part in try names(in: "\(folder)/\(part)").map { "\(part)/\($0)" } })
    }

    /// Paths of all files in and below a folder.
    private func names(in folder: String) throws -> [String] {
        let all = try? FileManager.default.subpathsOfDirectory(atPath: folder)
        guard let all else { throw stop(Failure("the folder cannot be read", at: folder)) }
        return all.filter { !isFolder("\(folder)/\($0)") }
    }

    private func isFolder(_ path: String) -> Bool {
        (try? URL(filePath: path).resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
    }

    private func content(_ path: String) async throws -> InventorySource.Content {
        let data = try data(path)
        guard FileManager.default.isExecutableFile(atPath: path),
            data.starts(with: Data("#!".utf8)) || data.starts(with: [0x7F])
        else {
            return .file([UInt8](data))
        }
        let program = path.hasPrefix("/") ? path : "./\(path)"
        let result = try? await run(.path(FilePath(program)), arguments: ["--list"], output: .data(limit: 64 << 20))
        guard let result, case .exited(0) = result.terminationStatus else {
            throw stop(Failure("the program failed when it was run with --list", hint: "run it by hand", at: path))
        }
        return .output([UInt8](result.standardOutput))
    }
}
