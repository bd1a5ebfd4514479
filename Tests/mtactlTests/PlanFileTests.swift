import Foundation
import Subprocess
import Testing

/// `plan -o`, with hosts that nobody answers for: what is saved then is no more than their names.
@Suite final class PlanFileTests {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "mtactl-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let names = (1...300).map { "    host\($0).with-a-rather-long-name.example: {address: 127.0.0.1, port: 1}" }
        try write("hosts.yml", "all:\n  hosts:\n\(names.joined(separator: "\n"))\n")
        try write(
            "relay.yml",
            "smarthosts: {a: {host: relay.example}}\nplays: [{hosts: all, routes: {default: a}}]\n"
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func write(_ name: String, _ text: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }

    /// Plans to `$plan`, with shell commands before and after.
    private func plan(to place: String, _ before: String = "", _ after: String = "") async throws -> String {
        let script = """
            folder=$1; cd "$folder" || exit; plan=\(place)
            \(before)
            "$2" plan relay.yml -i hosts.yml -o "$plan" >out 2>errors; echo "exit $?"; grep -A1 written errors
            \(after)
            """
        let ended = try await run(
            .name("unshare"),
            arguments: ["--mount", "sh", "-c", script, "sh", folder, "\(Program.root)/.build/debug/mtactl"],
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        return ended.standardOutput + ended.standardError
    }

    private static let full = "mkdir full && mount -t tmpfs -o size=4k tmpfs full || exit"

    @Test(.enabled(if: getuid() == 0, "mounting needs root"), arguments: ["", "echo older >full/plan"])
    func `on a full disk no half of it is left, and what was there stays`(older: String) async throws {
        let said = try await plan(to: "full/plan", "\(Self.full)\n\(older)", "cd full && ls -A && cat * 2>/dev/null")

        #expect(
            said == """
                exit 65
                full/plan cannot be written: No space left on device
                  hint: is there space left, and is the folder yours?
                \(older.isEmpty ? "" : "plan\nolder\n")
                """
        )
    }

    @Test(.enabled(if: getuid() == 0, "mounting needs root"))
    func `what is no file is written to, and nothing is put in its place`() async throws {
        let device = "mkdir dev && mknod dev/null c 1 3 && mknod dev/full c 1 7 && mkfifo pipe && ln -s dev/null link"

        let null = try await plan(to: "link", device, "ls -A dev; stat -c %F dev/null")
        let full = try await plan(to: "dev/full", "", "ls -A dev; stat -c %F dev/full")
        let pipe = try await plan(to: "pipe", "head -n 2 pipe | tail -n 1 >read &", "wait; cat read")

        #expect(null == "exit 1\nfull\nnull\ncharacter special file\n")
        #expect(
            full == """
                exit 65
                dev/full cannot be written: No space left on device
                  hint: is there space left, and is the folder yours?
                full
                null
                character special file

                """
        )
        #expect(pipe.contains("\"format\" : \"mtactl plan 2\""))
    }

    @Test func `a link stays one, and what it leads to is the plan`() async throws {
        let said = try await plan(
            to: "link",
            "echo older >file && ln -s file link",
            "stat -c '%F %a' link file; ls; cat file"
        )

        let files = "errors\nfile\nhosts.yml\nlink\nout\nrelay.yml\n"
        #expect(said.hasPrefix("exit 1\nsymbolic link 777\nregular file 600\n\(files){\n"), "\(said)")
    }

    /// As root in a folder of somebody else's: a link and a pipe that were put there beforehand.
    @Test(.enabled(if: getuid() == 0, "giving a file away needs root"))
    func `what belongs to somebody else is not written through`() async throws {
        let planted = """
            echo precious >precious; mkdir theirs; ln -s ../precious theirs/link; mkfifo theirs/pipe; ln -s . theirs/here
            chown -h 65534 theirs/link theirs/pipe theirs/here; chmod 777 theirs
            """

        for place in ["theirs/link", "theirs/pipe", "theirs/here/new"] {
            let said = try await plan(to: place, planted, "cat precious errors; ls theirs")

            #expect(said.hasPrefix("exit 65\n"), "\(said)")
            #expect(said.contains("precious\n") && said.contains("belongs to another user"), "\(said)")
            #expect(said.hasSuffix("here\nlink\npipe\n"), "\(said)")
            try FileManager.default.removeItem(atPath: "\(folder)/theirs")
        }
    }

    @Test(
        .enabled(if: getuid() == 0, "giving a file away needs root"),
        arguments: ["chown 65534", "chmod 620", "chmod 602"]
    )
    func `a saved plan that others have written, or could, is not applied`(change: String) async throws {
        let said = try await plan(
            to: "saved",
            "",
            "\(change) saved; $2 apply saved -i hosts.yml --yes >out 2>errors; echo apply $?; cat errors"
        )

        #expect(said.contains("apply 65\nsaved: this saved plan is not applied: "), "\(said)")
    }
}
