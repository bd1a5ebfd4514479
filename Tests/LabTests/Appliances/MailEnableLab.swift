import Foundation

enum MailEnableLab {
    /// Whether the lab that is up has the stand-in for MailEnable.
    static var isUp: Bool { Lab.isUp && ((try? Lab.hosts())?.contains("mailenable") ?? false) }

    /// The profile that `discover` makes of the host while the stand-in's operator works on the tab.
    static func profile(_ bench: Workbench) async throws -> (path: String, ended: Lab.Ended) {
        let file = "\(bench.path)/\(UUID().uuidString).yml"
        let script = """
            lab=$1 out=$2; shift 2
            mkfifo "$out.in"
            "$@" <"$out.in" >"$out" 2>&1 & pid=$!
            exec 3>"$out.in"
            tab() { "$lab" exec mailenable stand-in smarthost "$@"; }
            step=0
            next() {
                step=$((step + 1))
                until [ "$(grep -c 'press Enter' "$out")" -ge $step ]; do kill -0 $pid || exit 1; sleep 0.1; done
            }
            host=discovery.mtactl.invalid
            next; tab "$host" 25; tab off; echo >&3
            next; tab "$host" 2599; echo >&3
            next; tab "$host" 2599 discovery-user discovery-password; echo >&3
            next; tab "$host" 2599; tab off; echo >&3
            next; echo >&3
            wait $pid; status=$?
            cat "$out"
            exit $status
            """
        let out = try bench.write("discovered-\(UUID().uuidString)", "")
        let words =
            ["-c", script, "bash", "\(Lab.root)Tests/Lab/lab", out, "\(Lab.root)Tests/Lab/lab", "run", Lab.program]
            + ["discover", "mailenable", "mailenable", "-i", "Inventory/lab.yml", "--output", file]
        return (file, try await Lab.command("/bin/bash", words))
    }
}
