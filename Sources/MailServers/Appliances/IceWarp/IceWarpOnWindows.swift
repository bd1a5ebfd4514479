import MTAPlan

/// What a Windows host with IceWarp answered, whose settings `tool.exe` reads and writes.
///
/// Source: §"Delivery" of docs.icewarp.com and tool.help of 14.3, as for Linux; the path of tool.exe and the services' names
/// from administrators' published notes. Never tried on the product.
struct IceWarpOnWindows {
    let place: Place
    let computer: String
    /// Whether redirect.dat has anything like a row in it.
    let mayHaveRows: Bool
    private let values: [String: String]

    /// Where Setup puts `tool.exe`.
    enum Place: String, CaseIterable {
        case on64 = #"C:\Program Files\IceWarp"#
        case on32 = #"C:\Program Files (x86)\IceWarp"#

        var program: String { #"\#(rawValue)\tool.exe"# }
        var factsKey: String { "icewarp.\(self)" }
        fileprivate var filesKey: String { "icewarp.files.\(self)" }
    }

    /// The service that sends mail, and reads its settings when it starts.
    static let service = WindowsService("IceWarpSMTP")

    static func reading(
        _ place: Place,
        _ variables: [IceWarpVariable],
        tells: [PowerShellCall.Property]
    ) -> PowerShellCall {
        PowerShellCall(
            "setting.read",
            [
                PowerShellCall.Parameter("Program", .text(place.program)),
                PowerShellCall.Parameter("Names", .list(variables.map(\.rawValue))),
            ],
            tells: tells
        )
    }

    static let properties = ["Name", "Value"].map { PowerShellCall.Property($0) }

    static var questions: [PowerShellQuestion] {
        [service.question]
            + Place.allCases.flatMap { place in
                [
                    PowerShellQuestion(place.factsKey, reading(place, IceWarpVariable.allCases, tells: properties)),
                    PowerShellQuestion(place.filesKey, rows(place)),
                ]
            }
    }

    /// The files of the configuration with a `=` in them: redirect.dat has one in each of its rows, and its bytes, among
    /// which there may be logins, stay on the host.
    private static func rows(_ place: Place) -> PowerShellCall {
        PowerShellCall(
            "spool.find",
            [
                PowerShellCall.Parameter("Folder", .text(#"\#(place.rawValue)\config"#)),
                PowerShellCall.Parameter("Contains", .text("=")),
            ],
            tells: [PowerShellCall.Property("Name")]
        )
    }

    /// `nil` where the host has no IceWarp.
    init?(_ facts: Facts) {
        let found = { (key: String) in facts.objects[key]?.objects ?? [] }
        guard let place = Place.allCases.first(where: { !found($0.factsKey).isEmpty }) else { return nil }
        self.place = place
        values = found(place.factsKey).reduce(into: [:]) { values, object in
            if let name = object.text("Name") { values[name] = object.text("Value") ?? "" }
        }
        computer = found("windows.host").first?.text("Computer") ?? ""
        mayHaveRows = found(place.filesKey).contains { $0.text("Name")?.lowercased() == "redirect.dat" }
    }

    subscript(variable: IceWarpVariable) -> String? { values[variable.rawValue] }

    var log: LogSource? {
        guard let logs = Self.folder(self[.logs]) else { return nil }
        let queue = Self.folder(self[.mail]).map { #"\#($0)\_outgoing"# }
        return .activity(
            prefix: #"\#(logs)\smtp\s"#,
            suffix: ".log",
            queues: queue.map { [#"\#($0)\retry"#, $0] } ?? [],
            port: self[.port].flatMap { Int($0) } ?? 25
        )
    }

    private static func folder(_ text: String?) -> String? {
        guard let text, text.wholeMatch(of: /[A-Za-z]:\\.*/) != nil else { return nil }
        return text.hasSuffix("\\") ? String(text.dropLast()) : text
    }

    /// - Throws: Where the playbook names another tool, or what is there could not be put back.
    func check(_ smarthost: Smarthost, _ settings: IceWarpSettings, secrets: Secrets) throws(Failure) {
        if let tool = settings.tool, tool.lowercased() != place.program.lowercased() {
            throw .otherTool(tool, place.program)
        }
        if !Self.canBeWritten(self[.relay] ?? "") { throw .notToBePutBack }
        guard let login = smarthost.login else { return }
        let password = String(decoding: try secrets.value(of: login.password).reveal(), as: UTF8.self)
        if !Self.canBeWritten(login.username + password) { throw .quote(login) }
    }

    /// Whether PowerShell passes a value on to a program as it is.
    ///
    /// Source: about_Parsing, "Passing arguments that contain quote characters": until 7.3 they get lost. What is not ASCII
    /// passes through a code page.
    private static func canBeWritten(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") }
    }
}

extension Failure {
    fileprivate static func otherTool(_ tool: String, _ found: String) -> Failure {
        Failure(
            "the playbook names \(tool.escaped), and icewarp's tool was found at \(found.escaped)",
            hint: "leave `tool` out: on Windows mtactl uses the one in Setup's folder"
        )
    }

    fileprivate static var notToBePutBack: Failure {
        Failure(
            "icewarp's present relay server has a `\"` or a non-ASCII character in it, so tool.exe could not put it back",
            hint: "change the relay server in icewarp's console"
        )
    }

    fileprivate static func quote(_ login: Login) -> Failure {
        Failure(
            "icewarp on Windows cannot be given the login of `\(login.username.escaped)` (\(login.password)): there is a `\"` in it, which would not reach tool.exe",
            hint: "have the password changed to one without `\"`"
        )
    }
}
