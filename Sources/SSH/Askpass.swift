internal import Foundation
internal import Glibc

/// Answers the system ssh's question for a password, and no other question.
///
/// ssh asks a program where it has no terminal (ssh(1), SSH_ASKPASS). Ours reads the password from a pipe in a folder that only we may
/// open: it is in no file, environment or argument list. It answers for the one user and host that the password is of,
/// as the question names them (OpenSSH 9.2p1, sshconnect2.c), so that no other host on the way can have it.
package final class Askpass: Sendable {
    /// A password, and whose it is.
    package struct Answer: Sendable {
        var user: String
        /// As ssh calls the host it is of.
        var host: String
        var password: String

        package init(_ target: SSHTarget, password: String) {
            user = target.user
            host = target.hostKeys.alias ?? target.address.lowercased()
            self.password = password
        }
    }

    private let folder: String
    private let pipes: [CInt]
    /// More often than ssh asks: once by each of two methods.
    private static let times = 3

    /// - Throws: Where no folder can be made.
    package init(_ answers: [Answer]) throws(SSHError) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mtactl-\(UUID().uuidString)").path
        var pipes: [CInt] = []
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
            for (number, answer) in answers.enumerated() {
                pipes.append(try Self.pipe("\(folder)/\(number)", holding: answer.password))
            }
            try Data(Self.script(answers, folder).utf8).write(to: URL(filePath: "\(folder)/askpass"))
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: "\(folder)/askpass")
        } catch {
            for pipe in pipes { close(pipe) }
            throw SSHError(
                .authenticationFailed,
                attempt: "log in",
                problem: "the password could not be passed to ssh: \(error)",
                hint: "can files be created in \(FileManager.default.temporaryDirectory.path)?"
            )
        }
        self.folder = folder
        self.pipes = pipes
    }

    /// What ssh is to find in its environment (OpenSSH 8.4 or later).
    package var variables: [String: String] {
        ["SSH_ASKPASS": "\(folder)/askpass", "SSH_ASKPASS_REQUIRE": "force"]
    }

    /// Nobody is answered any more.
    package func end() {
        for pipe in pipes { close(pipe) }
        do { try FileManager.default.removeItem(atPath: folder) } catch {
            // What stays is a folder of ours without any password.
            return
        }
    }

    /// A pipe that is written to, and stays open, so that who reads from it does not wait for a writer.
    private static func pipe(_ path: String, holding password: String) throws -> CInt {
        guard unsafe mkfifo(path, 0o600) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        let pipe = unsafe open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard pipe >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        let lines = Array(String(repeating: password + "\n", count: times).utf8)
        guard unsafe write(pipe, lines, lines.count) == lines.count else {
            close(pipe)
            throw POSIXError(.EMSGSIZE)
        }
        return pipe
    }

    private static func script(_ answers: [Answer], _ folder: String) -> String {
        let cases = answers.enumerated().map { number, answer in
            let who = "\(answer.user)@\(answer.host)"
            let questions = "\(quoted("\(who)'s password: "))|\(quoted("(\(who)) "))*[Pp]assword*"
            return "\(questions)) pipe=\(quoted("\(folder)/\(number)")) ;;\n"
        }
        return """
            #!/bin/sh
            case $1 in
            \(cases.joined())*) exit 1 ;;
            esac
            IFS= read -r answer <"$pipe" && printf '%s\\n' "$answer"

            """
    }

    /// Scalar by scalar: a quote with a combining mark behind it is one Character, and another one than a quote.
    private static func quoted(_ word: String) -> String {
        "'" + word.unicodeScalars.map { $0 == "'" ? #"'\''"# : String($0) }.joined() + "'"
    }
}
