extension Lab {
    /// Starts mtactl on the lab's inventory, and does something to it in the middle.
    ///
    /// `moment` is what mtactl prints on stdout when it has come to the place; `then` are lines of bash, in which `$pid`
    /// is mtactl, `$out` what it has printed, and `$lab` the lab's command. Its status is 128 and the signal's number
    /// where it was killed. `before` are lines that run at once, and end when they like.
    static func mtactl(
        _ words: [String],
        until moment: String,
        then: String,
        before: String = "",
        inventory: String = "Inventory/lab.yml",
        environment: [String: String] = [:],
        in bench: Workbench
    ) async throws -> Ended {
        let script = """
            set -m
            lab=$1 moment=$2 out=$3; shift 3
            "$@" >"$out" 2>"$out.errors" </dev/null & pid=$!
            \(before)
            until grep -qF -- "$moment" "$out"; do kill -0 $pid 2>/dev/null || break; sleep 0.02; done
            \(then)
            wait $pid; status=$?
            cat "$out"; cat "$out.errors" >&2
            exit $status
            """
        let called = ["\(root)Tests/Lab/lab", "run", program, words[0], "-i", inventory] + words.dropFirst()
        let out = try bench.write("printed", "")
        return try await command(
            "/bin/bash",
            ["-c", script, "bash", "\(root)Tests/Lab/lab", moment, out] + called,
            environment: environment
        )
    }
}
