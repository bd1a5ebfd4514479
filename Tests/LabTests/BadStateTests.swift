import Testing

extension RealHosts {
    /// A host in a state in which a change would fail, next to a good one: refused or put back, and nothing is lost.
    @Suite struct BadStateTests {
        struct State: Sendable, CustomTestStringConvertible {
            var testDescription: String
            /// Run on deb12 before, as root.
            var given: String
            var reason: String
            var hint: String
        }

        static let states = [
            State(
                testDescription: "no Postfix",
                given: """
                    postfix stop >/dev/null 2>&1
                    for file in postfix postconf sendmail; do mv /usr/sbin/$file /usr/sbin/$file.away; done
                    """,
                reason: "no mail server was found",
                hint: "install one"
            ),
            State(
                testDescription: "a Postfix that does not run",
                given: "systemctl stop postfix",
                reason: "postfix is not running",
                hint: "postfix start"
            ),
            State(
                testDescription: "two mail servers",
                given: """
                    printf '#!/bin/sh\\necho Exim version 4.96\\n' > /usr/sbin/exim4 && chmod 755 /usr/sbin/exim4
                    ln -sf /usr/sbin/exim4 /usr/sbin/sendmail
                    """,
                reason: "more than one mail server is in use: exim 4.96 and postfix 3.",
                hint: "with `mta:`"
            ),
            State(
                testDescription: "no main.cf",
                given: "rm /etc/postfix/main.cf",
                reason: "/etc/postfix/main.cf does not exist",
                hint: "reinstall"
            ),
            State(
                testDescription: "a line of main.cf without an equals sign",
                given: "echo 'this line has none' >> /etc/postfix/main.cf",
                reason: "/etc/postfix/main.cf, line 48: missing '=' after attribute name",
                hint: "postconf -n"
            ),
            State(
                testDescription: "a brace of main.cf that is not closed",
                given: "echo 'relayhost = ${foo' >> /etc/postfix/main.cf",
                reason: "cannot read its own configuration: macro processing error",
                hint: "postconf -n"
            ),
            State(
                testDescription: "a read-only /etc",
                given: "mount --bind /etc /etc && mount -o remount,ro,bind /etc",
                reason: "/etc/postfix/ cannot be written, not even by root",
                hint: "read-only"
            ),
            State(
                testDescription: "an immutable main.cf",
                given: "chattr +i /etc/postfix/main.cf",
                reason: "/etc/postfix/main.cf cannot be written, not even by root",
                hint: "`chattr -i`"
            ),
            State(
                testDescription: "an append-only main.cf",
                given: "chattr +a /etc/postfix/main.cf",
                reason: "/etc/postfix/main.cf: Operation not permitted\nlsattr: -----a",
                hint: "append-only"
            ),
            State(
                testDescription: "an append-only folder, which would keep what is staged in it",
                given: "chattr +a /etc/postfix",
                reason: "lsattr: -----a",
                hint: "append-only"
            ),
            State(
                testDescription: "a main.cf that is a mount",
                given: "mount --bind /etc/postfix/main.cf /etc/postfix/main.cf",
                reason: "/etc/postfix/main.cf is a mount point",
                hint: "`findmnt`"
            ),
            State(
                testDescription: "no space for backups",
                given: "mount -t tmpfs -o mode=755,size=8k tmpfs /var/backups",
                reason: "there is not enough space for the backup",
                hint: "free some space"
            ),
            State(
                testDescription: "space for a part of the backups",
                given: "mount -t tmpfs -o mode=755,size=32k tmpfs /var/backups",
                reason: "there is not enough space for the backup",
                hint: "free some space"
            ),
            State(
                testDescription: "a read-only folder of backups",
                given: "mount -t tmpfs -o mode=755,ro tmpfs /var/backups",
                reason: "/var/backups cannot be written",
                hint: "read-only"
            ),
            State(
                testDescription: "backups where everybody may write",
                given: "mount -t tmpfs tmpfs /var/backups",
                reason: "anyone can write to /var/backups",
                hint: "chmod go-w"
            ),
            State(
                testDescription: "a link in the place of the backups",
                given: "ln -s /var/tmp /var/backups/mtactl",
                reason: "/var/backups/mtactl -> /var/tmp is not a folder",
                hint: "replace it with a folder owned by root"
            ),
            State(
                testDescription: "the lock of another run",
                given: """
                    mkdir -m 700 /var/backups/mtactl
                    echo '20261121T000000Z-abcd by anna@laptop since 2026-11-21T00:00:00Z' > /var/backups/mtactl/lock
                    """,
                reason: "locked by another run: 20261121T000000Z-abcd by anna@laptop since 2026-11-21T00:00:00Z",
                hint: "wait"
            ),
            State(
                testDescription: "no SASL plug-ins",
                given: "for file in /usr/lib/*/sasl2/lib*; do mv $file $file.away; done",
                reason: "the SASL plug-ins for PLAIN and LOGIN are missing",
                hint: "install libsasl2-modules"
            ),
        ]

        /// Locks, and runs that did not come to their end; one that was refused may leave its journal.
        private static let unfinished =
            "find /var/backups ! -name state.restored '(' -name 'state.*' -o -path '*/mtactl/lock' ')' | sort"

        @Test(arguments: states)
        func `is left as it was, with its own words, and its neighbour is changed`(_ state: State) async throws {
            try await Lab.reset("deb12", "deb13")
            try await Lab.on("deb12", state.given)
            let bench = try Workbench()
            let playbook = try bench.playbook(
                hosts: "deb12,deb13",
                smarthost:
                    "{host: outgoing.example.net, login: {username: out@example.com, password: env:FILTER_PASSWORD}}"
            )
            let before = try await HostState.now(of: "deb12")
            let kept = try await Lab.on("deb12", Self.unfinished)

            let applied = try await Lab.mtactl(
                "apply",
                playbook,
                "--yes",
                "--json",
                environment: ["FILTER_PASSWORD": "secret of out"]
            )

            #expect(applied.status == 1, "\(applied)")
            #expect(applied.outcomes() == ["deb12": "refused", "deb13": "committed"], "\(applied)")
            #expect(
                applied.said("reason", of: "deb12").contains(state.reason),
                "\(applied.said("reason", of: "deb12"))"
            )
            #expect(applied.said("hint", of: "deb12").contains(state.hint), "\(applied.said("hint", of: "deb12"))")
            #expect(try await HostState.now(of: "deb12").files.symmetricDifference(before.files).sorted() == [])
            #expect(try await Lab.on("deb12", Self.unfinished) == kept)
        }
    }
}
