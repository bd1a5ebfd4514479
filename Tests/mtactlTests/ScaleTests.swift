import Testing

/// Many hosts cost in proportion.
@Suite struct ScaleTests {
    /// Prints the processor time of a command line for 2,000 and for 8,000 hosts, in milliseconds.
    ///
    /// Other work on the machine hardly changes it. `N` in the command line is the number of hosts.
    private static let growth = """
        import os, resource, subprocess, sys
        for hosts in (2000, 8000):
            with open(f"hosts{hosts}.yml", "w") as file:
                file.write("all:\\n  vars: {address: 127.0.0.1, port: 1, ansible_user: root}\\n  hosts:\\n")
                file.writelines(f"    mx{number}.example: {{rack: r{number % 40}}}\\n" for number in range(hosts))
            with open(f"saved{hosts}", "w") as file:
                names = ",".join(f'"mx{number}.example"' for number in range(hosts))
                file.write('{"format": "mtactl plan 2", "hosts": [], "made": "20261126T232115Z", ')
                file.write('"rollout": {"maxFailures": {"count": {"_0": 0}}, "onAbort": "keep", "pause": [0, 0], ')
                file.write('"waves": [{"percent": {"_0": 100}}]}, "withoutPlan": [' + names + ']}')
            os.chmod(f"saved{hosts}", 0o600)
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            words = [word.replace("N", str(hosts)) for word in sys.argv[2:]]
            ended = subprocess.run([os.environ["mtactl"], *words], capture_output=True, text=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            assert ended.returncode == int(sys.argv[1]), ended.stdout[-300:] + ended.stderr[-300:]
            print(int((after.ru_utime - before.ru_utime) * 1000))
        """

    @Test(arguments: ["0 lint relay.yml -i hostsN.yml", "1 apply savedN --yes -i hostsN.yml"])
    func `four times the hosts take about four times the processor time`(_ command: String) async throws {
        let place = try Workplace()
        try place.write("growth.py", Self.growth)

        let ended = try await place.shell("python3 growth.py \(command)")
        let times = ended.output.split(separator: "\n").compactMap { Double($0) }

        try #require(times.count == 2, "\(ended)")
        // What grows with the square would be 16 times as much.
        #expect(times[1] < 8 * max(times[0], 50), "\(times)")
    }
}
