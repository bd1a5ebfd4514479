package import MTAPlan

/// What a host with MailEnable answered of its registry.
package struct MailEnableSite: Sendable {
    /// A value of the SMTP connector's key.
    package struct Row: Sendable, Hashable {
        package var name: String
        /// As .NET calls the type: `String`, `DWord`.
        package var kind: String
        package var value: PowerShellObject.Value

        package init(name: String, kind: String, value: PowerShellObject.Value) {
            self.name = name
            self.kind = kind
            self.value = value
        }

        /// The value, where it is one text; a list has none.
        package var text: String? {
            switch value {
            case .text(let text): text
            case .nothing: ""
            case .list: nil
            }
        }
    }

    /// The SMTP connector's key, under which the facts have its values, and by which they are read again.
    let place: Place
    /// By name, as the registry has it.
    package let rows: [String: Row]
    /// `nil` where it is not told.
    package let version: String?
    let computer: String
    private let dataFolder: String?

    /// A program of 32 bits: on Windows of 64 bits its keys are below WOW6432Node.
    enum Place: String, CaseIterable {
        case on64 = "HKLM:\\SOFTWARE\\WOW6432Node\\Mail Enable\\Mail Enable"
        case on32 = "HKLM:\\SOFTWARE\\Mail Enable\\Mail Enable"

        var connector: String { "\(rawValue)\\Connectors\\SMTP" }

        var factsKey: String { self == .on64 ? "mailenable.smtp64" : "mailenable.smtp32" }

        fileprivate var rootFactsKey: String { self == .on64 ? "mailenable.root64" : "mailenable.root32" }
    }

    static func reading(_ key: String, tells properties: [PowerShellCall.Property]) -> PowerShellCall {
        PowerShellCall("registry.read", [PowerShellCall.Parameter("Key", .text(key))], tells: properties)
    }

    static let properties = ["Name", "Kind", "Value"].map { PowerShellCall.Property($0) }

    /// The service that sends mail, and reads the registry when it starts.
    static let service = WindowsService("MESMTPCS")

    static var questions: [PowerShellQuestion] {
        [service.question]
            + Place.allCases.flatMap { place in
                [
                    PowerShellQuestion(place.rootFactsKey, reading(place.rawValue, tells: properties)),
                    PowerShellQuestion(place.factsKey, reading(place.connector, tells: properties)),
                ]
            }
    }

    /// `nil` where the host has no MailEnable.
    package init?(_ facts: Facts) {
        let found = { (key: String) in facts.objects[key]?.objects ?? [] }
        guard let place = Place.allCases.first(where: { !found($0.factsKey).isEmpty }) else { return nil }
        self.place = place
        rows = Self.rows(found(place.factsKey))
        let root = Self.rows(found(place.rootFactsKey))
        version = root["Version"]?.text.flatMap { $0.wholeMatch(of: /[0-9]{1,5}(\.[0-9]{1,5}){0,3}/) == nil ? nil : $0 }
        dataFolder = root["Data Directory"]?.text
        computer = facts.objects["windows.host"]?.objects.first?.text("Computer") ?? ""
    }

    private static func rows(_ objects: [PowerShellObject]) -> [String: Row] {
        var rows: [String: Row] = [:]
        for object in objects {
            guard let name = object.text("Name"), let kind = object.text("Kind") else { continue }
            rows[name] = Row(name: name, kind: kind, value: object.properties["Value"] ?? .nothing)
        }
        return rows
    }

    /// `SMTP-Activity-YYMMDD.log`: knowledge base, ME020170.
    var log: LogSource? {
        guard rows["Activity Log Enabled"]?.text == "1", let folder = rows["Activity Log Directory"]?.text,
            Self.isFolder(folder)
        else { return nil }
        let queue = dataFolder.flatMap { Self.isFolder($0) ? "\(Self.bare($0))\\Queues\\SMTP" : nil }
        let queues = queue.map { queue in
            ["Inbound", "Outgoing"].flatMap { ["\(queue)\\\($0)\\Messages", "\(queue)\\\($0)"] }
        }
        return .activity(prefix: "\(Self.bare(folder))\\SMTP-Activity-", suffix: ".log", queues: queues ?? [])
    }

    private static func isFolder(_ text: String) -> Bool {
        let letters = Array(text.unicodeScalars.prefix(3))
        return letters.count == 3 && letters[0].properties.isAlphabetic && letters[1] == ":" && letters[2] == "\\"
    }

    private static func bare(_ folder: String) -> String { folder.hasSuffix("\\") ? String(folder.dropLast()) : folder }
}
