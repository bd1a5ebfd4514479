import Console
import Drivers
import Foundation
import MTAApply
import MTAPlan
import Subprocess
import SystemPackage

/// Secrets, each looked up once per run however many hosts need it.
actor SecretStore {
    private let resolver: SecretResolver
    private var lookUps: [SecretReference: Task<Result<Secret, Failure>, Never>] = [:]

    init(resolver: SecretResolver) { self.resolver = resolver }

    /// - Throws: For the first secret that cannot be obtained; the message names the reference, never a value.
    func values(of references: Set<SecretReference>) async throws(Failure) -> Secrets {
        var values: [SecretReference: Secret] = [:]
        for reference in references.sorted(by: { "\($0)" < "\($1)" }) {
            values[reference] = try await value(of: reference)
        }
        return Secrets(values)
    }

    func value(of reference: SecretReference) async throws(Failure) -> Secret {
        let resolver = resolver
        let lookUp =
            lookUps[reference]
            ?? Task {
                do throws(Failure) { return .success(try await resolver.value(of: reference)) } catch {
                    return .failure(error)
                }
            }
        lookUps[reference] = lookUp
        return try await lookUp.value.get()
    }
}

/// Looks one secret up.
struct SecretResolver: Sendable {
    let terminal: Terminal
    let interruption: Interruption

    func value(of reference: SecretReference) async throws(Failure) -> Secret {
        let secret = try await found(reference)
        guard !secret.reveal().isEmpty else { throw .empty(reference) }
        return secret
    }

    private func found(_ reference: SecretReference) async throws(Failure) -> Secret {
        switch reference {
        case .environment(let name):
            guard let value = ProcessInfo.processInfo.environment[name] else { throw .noVariable(name) }
            return Secret(value)
        case .file(let path):
            do throws(Failure) {
                return Secret(Data(try DiskFiles().bytes(of: HomeFolder.expanded(path))).withoutLineBreak)
            } catch {
                throw Failure(error.problem, hint: error.hint, at: path)
            }
        case .command(let words):
            return try await output(of: words)
        case .prompt(let what):
            return try await asked(what)
        }
    }

    private func output(of words: [String]) async throws(Failure) -> Secret {
        do {
            let result = try await run(
                .name(words[0]),
                arguments: Arguments(Array(words.dropFirst())),
                output: .data(limit: 1 << 16),
                error: .discarded
            )
            guard case .exited(0) = result.terminationStatus else { throw Failure.commandFailed(words[0]) }
            return Secret(result.standardOutput.withoutLineBreak)
        } catch {
            throw Failure.commandFailed(words[0])
        }
    }

    private func asked(_ what: String) async throws(Failure) -> Secret {
        guard isatty(STDIN_FILENO) == 1 else {
            throw Failure(
                "cannot ask for the \(what): stdin is not a terminal",
                hint: "use `env:`, `file:` or `command:` for the password"
            )
        }
        if interruption.isAskedFor { throw .interrupted(what) }
        switch await terminal.hiddenAnswer(to: what) {
        case .answered(let answer): return Secret(answer)
        case .nothing: throw Failure("nothing was entered for the \(what)")
        case .interrupted:
            // Where hosts are in flight, whoever watches over them has the signal too.
            guard interruption.isWatching else { interruption.leave() }
            throw .interrupted(what)
        }
    }
}

extension Data {
    fileprivate var withoutLineBreak: [UInt8] {
        var bytes = [UInt8](self)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return bytes
    }
}

extension Failure {
    fileprivate static func noVariable(_ name: String) -> Failure {
        Failure("the environment variable \(name) is not set", hint: "`export \(name)=…` before you start mtactl")
    }

    fileprivate static func commandFailed(_ program: String) -> Failure {
        Failure(
            "`\(program)`, which should print a secret, failed",
            hint: "run it by hand; what it prints is not shown here"
        )
    }

    fileprivate static func interrupted(_ what: String) -> Failure {
        Failure("interrupted before the \(what) was entered")
    }

    fileprivate static func empty(_ reference: SecretReference) -> Failure {
        Failure("the secret \(reference) is empty")
    }
}
