import MTAPlan

/// What tells of Kerio Connect on a Windows host without its administration interface: its service, and Setup's folder.
///
/// Source: Kerio Connect's manual for the folder and the file in it; the name of the service is from administrators.
enum KerioOnWindows {
    static let service = WindowsService("KerioMailServer")

    private static let configuration = "mailserver.cfg"

    /// Where Setup puts it: a build of 32 bits, as there were before 9, goes to the second one.
    private static let folders = [
        (key: "kerio.files.on64", path: #"C:\Program Files\Kerio\MailServer"#),
        (key: "kerio.files.on32", path: #"C:\Program Files (x86)\Kerio\MailServer"#),
    ]

    static var questions: [PowerShellQuestion] {
        [service.question] + folders.map { PowerShellQuestion($0.key, files(in: $0.path)) }
    }

    private static func files(in folder: String) -> PowerShellCall {
        PowerShellCall(
            "spool.find",
            [PowerShellCall.Parameter("Folder", .text(folder)), PowerShellCall.Parameter("Contains", .text(""))],
            tells: [PowerShellCall.Property("Name")]
        )
    }

    static func isThere(_ facts: Facts) -> Bool {
        service.isThere(in: facts)
            || folders.contains { folder in
                let files = facts.objects[folder.key]?.objects ?? []
                return files.contains { $0.text("Name")?.lowercased() == configuration }
            }
    }
}
