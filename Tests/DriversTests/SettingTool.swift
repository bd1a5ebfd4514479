import Foundation
import MTAPlan

@testable import Drivers

/// A program as IceWarp's `tool.sh`: `tool get NAME` prints `NAME: value` with a carriage return, `tool set NAME VALUE` sets
/// it, `tool take NAME` sets what it reads.
///
/// It can be told to break down once: `flaw` in its folder says how, and when it is to set which name.
struct SettingTool {
    let host: AgentHost

    /// What it does instead of what it is asked for.
    enum Flaw: String {
        /// Writes half of a value, says all of it on stderr, and fails.
        case half
        /// Writes something else, and says nothing of it.
        case lies
        /// Can no longer read once it was asked to write.
        case mute
    }

    init(on host: AgentHost) throws {
        self.host = host
        for folder in ["bin", "values"] where !host.exists(folder) {
            try FileManager.default.createDirectory(atPath: host.path(folder), withIntermediateDirectories: false)
        }
        try host.write(
            "bin/tool",
            Self.program.replacingOccurrences(of: "FOLDER", with: host.path("values").quoted),
            mode: 0o755
        )
    }

    func value(of name: String) throws -> String? {
        host.exists("values/\(name)") ? try host.read("values/\(name)") : nil
    }

    func set(_ name: String, to value: String) throws { try host.write("values/\(name)", value, mode: 0o600) }

    func breakDown(_ flaw: Flaw, at name: String) throws { try host.write("values/flaw", "\(flaw.rawValue) \(name)") }

    /// Prints a value and a line break.
    static func read(_ name: String) -> Command {
        ["sh", "-c", #"v=$(tool get "$1") && printf '%s\n' "${v#*: }" | tr -d '\r'"#, "sh", name]
    }

    /// Leads from a value as the facts would have it to another.
    static func change(
        _ name: String,
        from found: String,
        to wanted: Content,
        isHarmless: Bool = true
    ) throws(Failure) -> SettingChange {
        let value = found.hasSuffix("\n") ? found : found + "\n"
        return try SettingChange(
            name,
            answer: "tool.\(name)",
            in: Facts(answers: ["tool.\(name)": .init(output: Array(value.utf8))]),
            read: read(name),
            write: .argument(["tool", "set", name]),
            wanted: wanted,
            isHarmless: isHarmless
        )
    }

    private static let program = #"""
        #!/bin/sh
        cd FOLDER || exit 1
        flaw=
        [ ! -e flaw ] || flaw=$(cat flaw)
        [ ! -e mute ] || exit 7
        case $1 in
            get) [ -e "$2" ] && printf '%s: %s\r\n' "$2" "$(cat "$2")" ;;
            set | take)
                value=${3-}
                [ "$1" = set ] || value=$(cat)
                [ "${flaw#* }" = "$2" ] && rm -f flaw || flaw=
                case ${flaw% *} in
                    half)
                        printf '%.3s' "$value" >"$2"
                        echo "cannot write $value" >&2
                        exit 3
                        ;;
                    lies) value="what it likes" ;;
                    mute) echo >mute ;;
                esac
                printf '%s' "$value" >"$2.new" && mv "$2.new" "$2"
                ;;
            *) exit 2 ;;
        esac
        """#
}
