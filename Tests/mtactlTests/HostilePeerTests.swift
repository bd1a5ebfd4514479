import Foundation
import Subprocess
import SystemPackage
import Testing

/// A host that prints without end, met by the program itself: it costs a few MiB or its time, and no more memory than that.
@Suite struct HostilePeerTests {
    /// What it does in place of ssh, which says that it has logged in and then runs the last word.
    @Test(arguments: [
        "exec yes",
        "exec yes >&2",
        "exec yes 'debug1: Offering public key: a b c' >&2",
        "tr '\\0' 'x' </dev/zero",
        "login; exec yes",
        "login; exec yes >&2",
        "login; yes >&2 & exec yes",
        "login; trap '' TERM HUP PIPE INT; while :; do printf '%65536s\\n' x; done",
    ])
    func `is given up`(_ manner: String) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/mtactl-hostile-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ssh = """
            #!/bin/sh
            for last; do [ "$last" != -G ] || exit 0; done
            login() { echo 'Authenticated to mx1 ([192.0.2.1]:22) using "publickey".' >&2; eval "${last%exec *}:"; }
            \(manner)
            """
        try Data(ssh.utf8).write(to: URL(fileURLWithPath: folder + "/ssh"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/ssh")
        let hosts = "all: {hosts: {mx1: {address: 192.0.2.1, transport: openssh, connect-timeout: 2}}}"
        try Data(hosts.utf8).write(to: URL(fileURLWithPath: folder + "/hosts.yml"))

        let (status, peak, seconds) = try await Self.facts(in: folder)

        #expect(status == .exited(1))
        #expect(peak > 0 && peak < 400 << 10, "\(peak) KiB at the most")
        #expect(seconds < .seconds(300), "\(seconds)")
    }

    /// Runs what it is given and prints its peak memory in KiB, as the kernel counted it: however busy the machine is,
    /// nothing has to look in time.
    private static let measuring = """
        import resource, subprocess, sys
        status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        sys.exit(status)
        """

    private static func facts(in folder: String) async throws -> (TerminationStatus, Int, Duration) {
        let path = "\(folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
        let started = ContinuousClock.now
        let outcome = try await run(
            .path("/usr/bin/python3"),
            arguments: ["-c", measuring, "\(Program.root)/.build/debug/mtactl", "facts", "-i", folder + "/hosts.yml"],
            environment: .inherit.updating(["PATH": path]),
            input: .none,
            output: .string(limit: 100),
            error: .discarded
        )
        let peak = Int(outcome.standardOutput.filter(\.isNumber)) ?? 0
        return (outcome.terminationStatus, peak, .now - started)
    }
}
