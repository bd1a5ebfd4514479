import Foundation
import Subprocess
import SystemPackage
import Testing

/// The program as a whole through a real jump host, again and again: it ends, it ends well, and no host is kept waiting.
///
/// `MTACTL_STRESS=300` runs it so often, with the machine kept busy meanwhile.
@Suite struct JumpHostStressTests {
    private static let runs = ProcessInfo.processInfo.environment["MTACTL_STRESS"].flatMap { Int($0) }

    @Test(.timeLimit(.minutes(60)))
    func `every run through a jump host reaches all of its targets and ends`() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/mtactl-jump-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let result = try await run(
            .path("/bin/sh"),
            arguments: ["-c", Self.script, "sh", folder, "\(Program.root)/.build/debug/mtactl", "\(Self.runs ?? 3)"],
            environment: .inherit.updating(["MTACTL_INVENTORY": nil, "LOAD": Self.runs == nil ? "0" : "2"]),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        print(result.standardOutput)

        #expect(result.terminationStatus.isSuccess, "\(result.standardOutput)\(result.standardError)")
    }

    /// Two sshds; the jump host with sshd's own limits, the targets without.
    ///
    /// A host that is kept waiting is given up after 15 s, so its run ends with another status; a run that never ends is ended.
    private static let script = #"""
        folder=$1 mtactl=$2 runs=$3
        cd "$folder" && mkdir -p /run/sshd home || exit 2
        for key in jump target id; do ssh-keygen -q -t ed25519 -N '' -f $key || exit 2; done
        sshd() {
            printf '%s\n' "ListenAddress 127.0.0.1" "Port $2" "HostKey $folder/$1" "AuthorizedKeysFile $folder/id.pub" \
                "PidFile none" "StrictModes no" "UsePAM no" "PermitRootLogin yes" "MaxStartups $3" >$1.conf
            /usr/sbin/sshd -D -e -f $1.conf 2>$1.log &
            pids="$pids $!"
            until grep -q 'Server listening' $1.log; do kill -0 $! 2>/dev/null && sleep 0.1 || return; done
            printf '[127.0.0.1]:%s %s\n' $2 "$(cat $1.pub)" >>known
        }
        # Below the ports that the system gives to connections, and those of SSHServer.
        port=$((19000 + $$ % 900)) pids=
        trap 'kill $pids $busy 2>/dev/null' EXIT
        until sshd jump $port 10:30:100; do port=$((port + 1)); [ $port -lt 20000 ] || { cat jump.log; exit 2; }; done
        other=$((port + 1))
        until sshd target $other 500; do other=$((other + 1)); [ $other -lt 20000 ] || { cat target.log; exit 2; }; done
        while [ ${LOAD:-0} -gt 0 ]; do (while :; do :; done) & busy="$busy $!" LOAD=$((LOAD - 1)); done
        {
            echo "all:"
            echo "  vars: {address: 127.0.0.1, port: $other, identity-file: $folder/id, known-hosts: $folder/known}"
            echo "  hosts:"
            echo "    127.0.0.1: {port: $port, jump: none}"
            for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo "    mx$n: {jump: '127.0.0.1:$port'}"; done
        } >hosts.yml
        bad=0 longest=0 n=0
        while [ $n -lt $runs ]; do
            n=$((n + 1)) start=$(date +%s%N)
            HOME=$folder/home timeout 120 "$mtactl" facts -i hosts.yml -l 'mx*' >out 2>&1
            status=$? took=$((($(date +%s%N) - start) / 1000000))
            [ $took -gt $longest ] && longest=$took
            if [ $status -ne 0 ]; then
                bad=$((bad + 1)); echo "run $n: status $status after $took ms"; tail -5 out
            fi
        done
        echo "$n runs, $bad bad, the longest took $longest ms, $(grep -c 'Accepted publickey' jump.log) logins at the jump host"
        [ $bad -eq 0 ] && [ "$(grep -c 'Accepted publickey' jump.log)" -eq $n ]
        """#
}
