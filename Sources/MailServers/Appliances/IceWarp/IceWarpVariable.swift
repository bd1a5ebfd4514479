import MTAPlan

/// One of IceWarp's variables, as its tool reads and writes them: those that the way of mail depends on.
///
/// Source: tool.help of 14.3.
enum IceWarpVariable: String, CaseIterable {
    case version = "C_Version"
    case relay = "C_Mail_SMTP_General_RelayMailServer"
    /// `0`: the relay server; `1`: the recipients' own servers, found by DNS.
    case mode = "C_Mail_SMTP_General_DeliveryMode"
    /// Whether the relay server takes what could not be delivered directly; it needs DNS as the mode.
    case fallback = "C_Mail_SMTP_Delivery_MXReconnectFailure"
    /// Whether connections are encrypted where the other side offers it.
    case tls = "C_Mail_SMTP_Delivery_UseTLSSSL"
    case port = "C_System_Services_SMTP_Port"
    /// 0 none, 1 debug, 2 summary, 3 both, 4 extended.
    case logging = "C_System_Log_Services_SMTP"
    case logs = "C_System_Storage_Dir_LogPath"
    case mail = "C_System_Storage_Dir_MailPath"

    /// Under which key the facts of a Linux host have its value.
    var answer: String { "icewarp.\(self)" }

    /// What the playbook asks for, in the order in which it is written: the relay server comes before the mode that uses it.
    static func wanted(for smarthost: Smarthost, _ use: IceWarpSettings.Use) -> [(IceWarpVariable, Content)] {
        [
            (.relay, IceWarpRelay.content(for: smarthost)),
            (.tls, Content(smarthost.tls == .none ? "0" : "1")),
            (.fallback, Content(use == .whenDirectFails ? "1" : "0")),
            (.mode, Content(mode(use))),
        ]
    }

    static func mode(_ use: IceWarpSettings.Use) -> String { use == .always ? "0" : "1" }
}

/// The values of a host's variables, whichever system it runs.
struct IceWarpValues {
    private let facts: Facts
    private let windows: IceWarpOnWindows?

    init(_ facts: Facts) {
        self.facts = facts
        windows = IceWarpOnWindows(facts)
    }

    /// `nil` where the tool did not tell it.
    subscript(variable: IceWarpVariable) -> String? {
        if let windows { return windows[variable] }
        return facts.text(variable.answer)
    }

    /// `14.3.0.12`; `nil` where what is told is something else.
    var version: String? {
        self[.version].flatMap { $0.wholeMatch(of: /[0-9]{1,5}(\.[0-9]{1,5}){0,4}/) == nil ? nil : $0 }
    }

    /// The files of the SMTP log, `sYYYYMMDD-NN.log`; `nil` where they do not tell what happens to a message.
    ///
    /// Source: docs.icewarp.com, "Logging".
    var log: LogSource? {
        guard ["2", "3", "4"].contains(self[.logging] ?? "") else { return nil }
        if let windows { return windows.log }
        guard var folder = self[.logs], folder.hasPrefix("/"), folder == Printable.line(folder) else { return nil }
        if folder.hasSuffix("/") { folder.removeLast() }
        return .series(prefix: "\(folder)/smtp/s", suffix: ".log")
    }
}
