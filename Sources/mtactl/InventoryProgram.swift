import Foundation
import MTAPlan
import Subprocess
import SystemPackage

/// An executable file that prints an inventory.
struct InventoryProgram {
    let path: String

    /// A program says how it is run, or is one for the processor; other files may be executable by accident.
    static func isOne(_ path: String, _ bytes: [UInt8]) -> Bool {
        FileManager.default.isExecutableFile(atPath: path)
            && (bytes.starts(with: Array("#!".utf8)) || bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]))
    }

    /// What it prints for `--list`, and for `--host` where the list has no variables.
    func output() async throws(Failure) -> ProgramOutput {
        try checkTrust()
        var output = try ProgramOutput(try await run(["--list"]), program: path)
        let hosts = output.unasked
        var answers: [(String, Result<[UInt8], Failure>)] = []
        for start in stride(from: 0, to: hosts.count, by: 8) {
            answers += await withTaskGroup(of: (String, Result<[UInt8], Failure>).self) { group in
                for host in hosts[start..<min(start + 8, hosts.count)] {
                    group.addTask {
                        do throws(Failure) { return (host, .success(try await run(["--host", host]))) } catch {
                            return (host, .failure(error))
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
        for (host, answer) in answers { try output.answer(host, answer.get(), program: path) }
        return output
    }

    /// What others can change is not run.
    private func checkTrust() throws(Failure) {
        let real = URL(filePath: path).resolvingSymlinksInPath()
        for place in [
            real.path, real.deletingLastPathComponent().path, URL(filePath: path).deletingLastPathComponent().path,
        ] {
            guard let reason = FolderTrust.untrustedReason(place) else { continue }
            throw Failure(
                "mtactl does not run this program: \(place) is not safe, since \(reason)",
                hint:
                    "`chmod go-w \(place.shellQuoted)`, or save its output to a file: `\(command) --list > hosts.json`",
                at: path
            )
        }
    }

    private var command: String { path.contains("/") ? path : "./\(path)" }

    private func run(_ words: [String]) async throws(Failure) -> [UInt8] {
        let errors = FileManager.default.temporaryDirectory.appending(path: "mtactl-\(UUID().uuidString)").path
        // It may not have come to be.
        defer { try? FileManager.default.removeItem(atPath: errors) }
        do {
            let file = try FileDescriptor.open(
                FilePath(errors),
                .writeOnly,
                options: [.create, .exclusiveCreate],
                permissions: [.ownerReadWrite]
            )
            let result = try await Subprocess.run(
                .path(FilePath(command)),
                arguments: Arguments(words),
                output: .data(limit: 64 << 20),
                error: .fileDescriptor(file, closeAfterSpawningProcess: true)
            )
            guard case .exited(0) = result.terminationStatus else {
                throw failed(words, "ended with \(result.terminationStatus.words)", errors)
            }
            return [UInt8](result.standardOutput)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw failed(words, "could not be run", errors)
        }
    }

    private func failed(_ words: [String], _ problem: String, _ errors: String) -> Failure {
        let said = (FileManager.default.contents(atPath: errors) ?? Data()).suffix(2_000)
        let lines = Printable.text(said).split(separator: "\n").suffix(3).joined(separator: " / ")
        let option = words.joined(separator: " ")
        return Failure(
            "the program \(problem) when it was run with \(option)\(lines.isEmpty ? "" : ", and said: \(lines)")",
            hint: "run it by hand: `\(command) \(option)`",
            at: path
        )
    }
}

extension TerminationStatus {
    fileprivate var words: String {
        switch self {
        case .exited(let code): "status \(code)"
        case .signaled(let signal): "signal \(signal)"
        }
    }
}
