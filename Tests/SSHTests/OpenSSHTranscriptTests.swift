import Testing

@testable import SSH

/// What ssh 9.2p1 said, and what is made of it.
@Suite struct OpenSSHTranscriptTests {
    private let target = SSHTarget(
        name: "mx1",
        address: "mx1.example",
        port: 22,
        user: "root",
        authentication: SSHAuthentication(),
        hostKeys: HostKeyPolicy(userFiles: []),
        jumps: [
            SSHTarget(
                name: "bastion",
                address: "bastion.example",
                user: "jumper",
                authentication: SSHAuthentication(),
                hostKeys: HostKeyPolicy(userFiles: [])
            )
        ]
    )

    private func error(_ said: String, overdue: Bool = false) -> SSHError {
        var transcript = OpenSSHTranscript(hops: 2)
        _ = transcript.append(Array(said.utf8))
        return SSHError(transcript, reaching: target, isOverdue: overdue)
    }

    private static let connected =
        "debug1: Connecting to bastion.example [192.0.2.1] port 22.\ndebug1: Connection established.\n"
    private static let through =
        connected
        + "debug1: Remote protocol version 2.0, remote software version OpenSSH_9.2p1\nAuthenticated to bastion.example ([192.0.2.1]:22) using \"publickey\".\n"

    @Test(arguments: [
        (
            connected + "debug1: Remote protocol version 2.0, remote software version X\n"
                + "debug1: Authentications that can continue: publickey\ndebug1: Offering public key: /root/.ssh/b ED25519 SHA256:x explicit\n"
                + "jumper@bastion.example: Permission denied (publickey).\nConnection closed by UNKNOWN port 65535\n",
            "through bastion: cannot log in as jumper: tried /root/.ssh/b; the server accepts publickey"
        ),
        (
            connected
                + "debug1: Server host key: ssh-ed25519 SHA256:abc\nNo ED25519 host key is known for bastion.example and you have requested strict checking.\nHost key verification failed.\nConnection closed by UNKNOWN port 65535\n",
            "through bastion: host key is not known: SHA256:abc is not in any file"
        ),
        (
            "ssh: connect to host bastion.example port 22: Connection refused\nConnection closed by UNKNOWN port 65535\n",
            "through bastion: bastion.example, port 22: nothing is listening there"
        ),
        (
            through
                + "channel 0: open failed: connect failed: Connection refused\nstdio forwarding failed\nConnection closed by UNKNOWN port 65535\n",
            "through bastion: the server could not connect to mx1.example, port 22"
        ),
        (
            through
                + "channel 0: open failed: administratively prohibited: open failed\nstdio forwarding failed\nConnection closed by UNKNOWN port 65535\n",
            "through bastion: the server does not allow a tunnel to mx1.example, port 22"
        ),
        (
            through
                + "debug1: Remote protocol version 2.0, remote software version Y\nroot@mx1.example: Permission denied (publickey,password).\n",
            "cannot log in as root: there was nothing to try; the server accepts publickey, password"
        ),
    ])
    func `a fault is said of the host that has it`(said: String, problem: String) {
        #expect(error(said).problem == problem)
    }

    @Test func `what the host says is told apart from what ssh says of it`() {
        var transcript = OpenSSHTranscript(hops: 1)
        #expect(transcript.append(Array("debug1: Connection established.\n".utf8)) == [])
        #expect(transcript.stage == .agreeingOnKeys)
        #expect(transcript.append(Array("Authenticated to mx1 ([192.0.2.1]:22) using \"publickey\".\n".utf8)) == [])
        #expect(transcript.stage == .loggedIn)

        // In pieces, and a prompt without an end.
        var heard: [UInt8] = []
        for piece in [
            "deb", "ug1: pledge: fork\nd", "oes\n[sudo] password: ", "debug1: x\n", "Transferred: sent 1\nbye",
        ] {
            heard += transcript.append(Array(piece.utf8))
        }
        #expect(string(heard) == "does\n[sudo] password: bye")
    }

    @Test func `a host that talks without end costs little`() {
        var transcript = OpenSSHTranscript(hops: 1)
        for _ in 0..<2000 {
            _ = transcript.append([UInt8](repeating: 0x41, count: 1 << 10))
            _ = transcript.append(Array("\nOffending key in x\ndebug1: Offering public key: a b c\n".utf8))
        }
        #expect(transcript.words.count <= 20 && transcript.tried.count <= 32 && transcript.offending.count <= 32)
    }
}
