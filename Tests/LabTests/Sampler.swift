import Foundation

/// Looks for a secret, over and over, in the arguments and environments of all processes while something runs.
///
/// It looks for a part of the secret that no quoting changes, for its form in JSON and in base64. It has them from a
/// file that is written from base64: its own arguments must not be what it finds.
struct Sampler: Sendable {
    /// A folder for the patterns and what was found.
    let folder: String
    /// Which files of /proc/PID are looked at.
    var files = ["cmdline", "environ"]

    static let patterns = [#"e$f\g{h}^i%j"#, #"e$f\\g{h}^i%j"#, "YSBiOmMnZCJlJGZcZ3tofV5pJWoj"]

    /// sh that begins to look and waits for the first round.
    var begin: String {
        let globs = files.map { "/proc/[0-9]*/\($0)" }.joined(separator: " ")
        return """
            mkdir -p \(folder) && cd \(folder) && rm -f stop rounds hits
            echo \(Data(Self.patterns.joined(separator: "\n").utf8).base64EncodedString()) | base64 -d > patterns
            setsid sh -c 'while test ! -e stop; do
                grep -laF -f patterns \(globs) 2>/dev/null >> hits
                echo >> rounds
            done' >/dev/null 2>&1 </dev/null &
            until test -s rounds; do sleep 0.01; done
            """
    }

    /// sh that ends it and prints the number of rounds, then the files with hits.
    var end: String {
        """
        cd \(folder) && touch stop && wc -l < rounds && sort -u hits
        """
    }
}
