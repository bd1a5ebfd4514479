import Foundation
import MTAPlan
import Testing

@testable import Drivers

/// A disk that fills up leaves the host as found or as asked, too.
@Suite("Agent, full disk", .enabled(if: getuid() == 0, "mounting needs root"))
struct AgentFullDiskTests {
    /// Whose the folder of the configuration is, by number: root's, or a mail server's own, as /etc/mail may be.
    static let owners = [0, 5]

    /// The file system is as small as a host's that is full, and fills up before the n-th command; the backups are there,
    /// too, or on another.
    @Test(arguments: owners, [true, false])
    func `a disk that fills up at any step leaves the host as found or as asked`(
        owner: Int,
        holdsBackups: Bool
    ) async throws {
        let steps = try await AgentDeathTests.everyStep { step in
            let sample = try AgentSample(owner: owner)
            let host = sample.host
            try host.write("steps", "")
            let small = host.path("small")
            let full = """
                B=\(holdsBackups ? "\(small)/backups" : host.backups)
                step() {
                    printf x >>\(host.path("steps").quoted)
                    IFS= read -r steps <\(host.path("steps").quoted)
                    [ "${#steps}" -lt \(step) ] || [ -e \(small)/ballast ] ||
                        command dd if=/dev/zero of=\(small)/ballast bs=4096 2>/dev/null
                }

                """
            let tools = [
                "mkdir", "ln", "mv", "cp", "rm", "chmod", "chown", "dd", "cat", "sync", "sed", "touch", "sha256sum",
            ]
            .map { "\($0)() { step; command \($0) \"$@\"; }\n" }.joined()
            let saving = "rm -f \"$S/ballast\"; [ ! -e \"$S/backups\" ] || cp -a \"$S/backups\" \"$S/../backups\""
            // Once the files are in place nothing else is written: this check stands for a daemon that needs room.
            let calls = Self.calls(sample).map {
                $0.words.starts(with: ["run", "health"])
                    ? Call("run", "health", "test", "!", "-e", "\(small)/ballast") : $0
            }
            let talk = try await host.agent(
                prelude: full + tools,
                wrapper: Self.onSmallDisk(host, then: saving),
                calls
            )
            guard try host.read("steps").count >= step else { return false }

            let now = try host.files(in: "result")
            if try host.state(of: "r1") == ["state.confirmed"] {
                #expect(now.mapValues(\.asked) == AgentSample.asked, "step \(step)")
            } else {
                #expect(now == sample.found, "step \(step): \(talk.lines) \(talk.text("why")) \(talk.text("restore"))")
                #expect(try ["state.restored"].contains(host.state(of: "r1").first ?? "state.restored"))
            }
            #expect(!host.exists("backups/lock"))
            return true
        }
        #expect(steps > 35)
    }

    /// Beside the backup there is no room for what the reload prints.
    @Test func `a reload that prints puts back, too, where the disk of the backups is full`() async throws {
        let sample = try AgentSample()
        let backups = sample.host.path("backups")
        let full = "dd if=/dev/zero of=\"$1/ballast\" bs=4096 2>/dev/null; true"
        let calls = sample.calls().flatMap { call in
            call.words == ["confirm"] ? [Call("run", "health", "sh", "-c", full, "x", backups), Call("undo")] : [call]
        }
        let mount = "mkdir -p \"$1\" && mount -t tmpfs -o size=512k,mode=700 tmpfs \"$1\" && shift && exec \"$@\""

        let talk = try await sample.host.agent(wrapper: ["unshare", "--mount", "sh", "-c", mount, "x", backups], calls)

        #expect(talk.lines.suffix(2) == ["undone restored", "done undo"], "\(talk.lines) \(talk.text("restore"))")
        #expect(try sample.host.files() == sample.found)
    }

    /// Where the folder is somebody else's, a file is removed before its backup is copied.
    @Test(arguments: owners)
    func `the restore program killed around any command on a full disk finishes when there is room`(
        owner: Int
    ) async throws {
        let steps = try await AgentDeathTests.everyStep { step in
            let sample = try AgentSample(owner: owner)
            let host = sample.host
            try host.write("steps", "")
            let text = String(decoding: RestoreProgram.text, as: UTF8.self)
            try host.write("dying", AgentDeathTests.tools(dyingAt: step, of: host) + text)
            let script = """
                cp "$S/../dying" "$S/../backups/r1/dying"
                dd if=/dev/zero of="$S/ballast" bs=4096 2>/dev/null
                dash "$S/../backups/r1/dying" >"$S/../first" 2>&1
                echo $? >"$S/../status"
                rm "$S/ballast"
                dash "$S/../backups/r1/restore" >"$S/../second" 2>&1
                """
            _ = try await host.agent(wrapper: Self.onSmallDisk(host, then: script), Self.calls(sample))
            let said = try "\(host.read("first"))\(host.read("second"))"
            #expect(try host.files(in: "result") == sample.found, "step \(step): \(said)")
            #expect(try host.state(of: "r1") == ["state.restored"], "step \(step): \(said)")
            #expect(!host.exists("backups/lock"), "step \(step): \(said)")
            let status = try host.read("status")
            #expect(["137\n", "0\n"].contains(status), "step \(step): \(said)")
            return status == "137\n"
        }
        #expect(steps > 25)
    }

    /// A daemon that has a file open keeps its room, so what was removed for its backup is gone until there is room.
    @Test func `what could not be put back is put back by the next restore, without --force`() async throws {
        let host = try await restoredTwice("exec 9<\"$S/etc/main.cf\"")

        #expect(try host.read("left") == ".last\n")
        #expect(!host.exists("between/main.cf"))
    }

    @Test(arguments: owners)
    func `a file whose backup does not fit in its place stays until there is room`(owner: Int) async throws {
        let host = try await restoredTwice(": >\"$S/etc/main.cf\"", "--force", owner: owner)

        #expect(try host.read("between/main.cf").isEmpty)
        #expect(try host.state(of: "r1") == ["state.restored"])
    }

    /// As when the power fails.
    @Test func `half a backup in the place of a file is made whole by the next restore, without --force`() async throws
    {
        let half = """
            cp() {
                for last; do :; done
                case $last in */etc/main.cf) printf relayh >"$last" && kill -9 $$ ;; esac
                command cp "$@"
            }

            """
        let host = try await restoredTwice("", owner: 0, dying: half, status: 137)

        #expect(try host.read("between/main.cf") == "relayh")
        #expect(!host.exists("backups/r1/displaced"))
    }

    /// As what a host's administrator writes while the run is stranded is nobody's half copy.
    @Test(arguments: [
        ("echo theirs >\"$S/etc/main.cf\"", "theirs\n"),
        ("echo theirs >\"$S/own\"; ln -sf \"$S/own\" \"$S/etc/main.cf\"", "theirs\n"),
        ("printf 'relayhost = [own]' >\"$S/etc/main.cf\"", "relayhost = [own]"),
    ])
    func `what somebody wrote after a failed restore is a conflict, and kept beside what was there before`(
        change: String,
        bytes: String
    ) async throws {
        let sample = try AgentSample()
        let host = sample.host
        let script = """
            restore() {
                dash "$S/../backups/r1/restore" "$@" >>"$S/../said" 2>&1
                echo $? >>"$S/../status"
            }
            echo first >"$S/etc/main.cf"
            dd if=/dev/zero of="$S/ballast" bs=4096 2>/dev/null
            restore --force
            rm "$S/ballast"
            \(change)
            restore
            restore --expired
            restore --force
            cat "$S/../backups/r1/displaced/1" "$S/../backups/r1/displaced/1.2" >"$S/../displaced"
            """
        _ = try await host.agent(wrapper: Self.onSmallDisk(host, then: script), Self.calls(sample))

        let said = try host.read("said")
        #expect(try host.read("status") == "5\n3\n3\n0\n", "\(said)")
        #expect(try host.read("displaced") == "first\n\(bytes)")
        #expect(try host.files(in: "result") == sample.found, "\(said)")
    }

    /// Nothing can be renamed there, and the file is too small for the backup, but there is room.
    @Test func `a file that has become a mount point is put back in place`() async throws {
        let sample = try AgentSample()
        let script = """
            : >"$S/own"
            mount --bind "$S/own" "$S/etc/main.cf"
            dash "$S/../backups/r1/restore" --force >"$S/../said" 2>&1
            echo $? >"$S/../status"
            """
        _ = try await sample.host.agent(wrapper: Self.onSmallDisk(sample.host, then: script), Self.calls(sample))

        let said = try sample.host.read("said")
        #expect(said.contains("main.cf: put back, in place"), "\(said)")
        #expect(try sample.host.read("status") == "0\n", "\(said)")
        #expect(try sample.host.files(in: "result") == sample.found, "\(said)")
    }

    /// As when a queue has taken them all: no folder can be made, nor any other file.
    @Test(arguments: AgentShell.allCases)
    func `a file is put back where no inode is left`(shell: AgentShell) async throws {
        let sample = try AgentSample()
        let script = """
            i=0
            while { true >"$S/ballast.$i"; } 2>/dev/null; do i=$((i + 1)); done
            \(shell.words.joined(separator: " ")) "$S/../backups/r1/restore" >"$S/../said" 2>&1
            echo $? >"$S/../status"
            """
        _ = try await sample.host.agent(
            wrapper: Self.onSmallDisk(sample.host, "nr_inodes=64", then: script),
            Self.calls(sample)
        )

        let said = try sample.host.read("said")
        #expect(said.contains("derived.db: put back, in place"), "\(said)")
        #expect(try sample.host.read("status") == "0\n", "\(said)")
        #expect(try sample.host.files(in: "result") == sample.found, "\(said)")
    }

    /// A host on which something was done before the disk got full, one restore failed, and one had room again.
    ///
    /// `dying`: What stands before the program of the first.
    private func restoredTwice(
        _ before: String,
        _ option: String = "",
        owner: Int = 5,
        dying: String = "",
        status: Int = 5
    ) async throws -> AgentHost {
        let sample = try AgentSample(owner: owner)
        let host = sample.host
        try host.write("dying", dying + String(decoding: RestoreProgram.text, as: UTF8.self))
        let script = """
            \(before)
            cp "$S/../dying" "$S/../backups/r1/dying"
            dd if=/dev/zero of="$S/ballast" bs=4096 2>/dev/null
            dash "$S/../backups/r1/dying" \(option) >"$S/../first" 2>&1
            echo $? >"$S/../status"
            ls -A "$S/.mtactl-r1" >"$S/../left"
            cp -a "$S/etc" "$S/../between"
            exec 9<&-
            rm "$S/ballast"
            dash "$S/../backups/r1/restore" \(option) >"$S/../second" 2>&1
            """
        _ = try await host.agent(wrapper: Self.onSmallDisk(host, then: script), Self.calls(sample))

        let said = try "\(host.read("first"))\(host.read("second"))"
        #expect(try host.read("status") == "\(status)\n", "\(said)")
        #expect(try host.files(in: "result") == sample.found, "\(said)")
        #expect(try host.state(of: "r1") == ["state.restored"], "\(said)")
        return host
    }

    /// Words before the agent's: its host's configuration is copied to a small file system, `$S`, and what it is at the end
    /// to `result`; in between the script runs.
    private static func onSmallDisk(
        _ host: AgentHost,
        _ size: String = "size=512k",
        then script: String
    ) -> [String] {
        let text = """
            S=$1
            shift
            mkdir "$S" && mount -t tmpfs -o \(size),mode=755 tmpfs "$S" && cp -a "$S/../etc" "$S/etc" || exit
            "$@"
            \(script)
            cp -a "$S/etc" "$S/../result"
            """
        return ["unshare", "--mount", "sh", "-c", text, "x", host.path("small")]
    }

    /// The calls of the sample, on the small file system.
    private static func calls(_ sample: AgentSample) -> [Call] {
        let (old, new) = (sample.host.path("etc"), sample.host.path("small/etc"))
        return sample.calls([Call("trust", "games")], before: "manifest").map { call in
            var call = call
            call.words = call.words.map { $0.replacingOccurrences(of: old, with: new) }
            return call
        }
    }
}
