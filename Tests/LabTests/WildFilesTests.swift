import Foundation
import Testing

extension RealHosts {
    /// What admins have put on files, and around them: kept, given back, and nobody gets to read a password by it.
    @Suite struct WildFilesTests {
        private let host = "deb13-wild"
        private let secrets = ["FILTER_PASSWORD": "secret of out"]

        private func apply(_ bench: Workbench) async throws -> Lab.Ended {
            try await Lab.mtactl("apply", try playbook(bench), "--yes", "--json", environment: secrets)
        }

        private func playbook(_ bench: Workbench) throws -> String {
            try bench.playbook(
                hosts: host,
                smarthost:
                    "{host: outgoing.example.net, login: {username: out@example.com, password: env:FILTER_PASSWORD}}"
            )
        }

        @Test func `access lists and attributes stay with a file and come back, and reach no password`() async throws {
            try await Lab.reset(host)
            try await Lab.on(
                host,
                """
                cd /etc/postfix && setfacl -m u:daemon:rw,g:games:r main.cf && setfattr -n user.by -v anna main.cf
                setfacl -d -m u:games:r .
                """
            )
            let bench = try Workbench()
            let look = "cd /etc/postfix && getfacl main.cf master.cf && getfattr -d main.cf"
            let before = try await HostState.now(of: host)
            let seen = try await Lab.on(host, look)

            let applied = try await apply(bench)
            let kept = try await Lab.on(host, look)
            let ours = try await Lab.on(host, "getfacl -cp /etc/postfix/mtactl_filter_login*")
            let read = "setpriv --reuid games --clear-groups cat /etc/postfix/mtactl_filter_login /etc/postfix/*.db"
            let others = try await Lab.on(host, "\(read) 2>/dev/null | grep -c 'secret of' || true")
            let back = try await Lab.mtactl("rollback", "--yes", "--json", "-l", host)

            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
            #expect(seen.contains("user:daemon:rw-") && seen.contains(#"user.by="anna""#))
            #expect(kept == seen)
            #expect(ours.contains("user::rw-") && !ours.contains("games"), "\(ours)")
            #expect(others == "0\n")
            #expect(back.outcomes() == [host: "rolled-back"], "\(back)")
            try await HostState.expectAsBefore(before, on: host)
        }

        @Test func `under etckeeper a run is committed before, after, and when it is undone, and nothing else`()
            async throws
        {
            try await Lab.reset(host)
            let bench = try Workbench()
            try await Lab.on(
                host,
                "cd /etc && echo '# theirs' >>hosts && echo '# staged' >>networks && git add networks"
            )
            // Shared, and not committed: it is the state before the run, and named so.
            let status = "cd /etc && git status --short | grep -v ' postfix/main.cf$'"
            let before = try await Lab.on(host, status)
            let first = try await Lab.on(host, "cd /etc && git rev-parse HEAD")

            let applied = try await apply(bench)
            let between = try await Lab.on(host, status)
            let back = try await Lab.mtactl("rollback", "--yes", "--json", "-l", host)

            #expect(applied.outcomes() == [host: "committed"], "\(applied)")
            #expect(back.outcomes() == [host: "rolled-back"], "\(back)")
            let run = try #require(applied.json.last?["run"] as? String)
            let log = "git -C /etc log --format='> %s' --name-only \(first.trimmed)..HEAD | grep ."
            #expect(
                try await Lab.on(host, log) == """
                    > mtactl's run \(run) is undone
                    postfix/main.cf
                    postfix/master.cf
                    postfix/mtactl_senders
                    postfix/mtactl_senders.db
                    > mtactl's run \(run)
                    postfix/main.cf
                    postfix/master.cf
                    postfix/mtactl_senders
                    postfix/mtactl_senders.db
                    > before mtactl's run \(run)
                    postfix/main.cf

                    """
            )
            // The login is not everybody's to read, so it is not committed.
            let login = "?? postfix/mtactl_filter_login\n?? postfix/mtactl_filter_login.db\n"
            #expect(between.replacingOccurrences(of: login, with: "") == before)
            #expect(between.contains(login))
            #expect(try await Lab.on(host, status) == before)
            #expect(try await Lab.on(host, "git -C /etc log -p --all | grep -c 'secret of' || true") == "0\n")
        }
    }
}
