package import MTAPlan
package import MailServers

/// A host with MailEnable as it answers of its registry, with names of values that no MailEnable has.
package enum MailEnableSample {
    package static let profile = MailEnableProfile(
        version: "10.48",
        values: [
            .host: .init(name: "Egress Address", kind: "String"),
            .port: .init(name: "Egress \"Port\"", kind: "DWord"),
            .user: .init(name: "Account", kind: "String"), .password: .init(name: "Secret", kind: "String"),
            .authenticate: .init(name: "AuthMode", kind: "String", on: "Yes", off: "No"),
            .enabled: .init(name: "Egress", kind: "DWord", on: "0", off: "1"),
        ]
    )

    /// A host that was never given a smart host, with some values otherwise, or not there.
    package static func facts(_ changes: [String: (kind: String, value: String)?] = [:]) -> Facts {
        var rows: [String: (kind: String, value: String)?] = [
            "Egress Address": ("String", ""), "Egress \"Port\"": ("DWord", "25"), "Account": ("String", ""),
            "Secret": ("String", "oldsecret"), "AuthMode": ("String", "No"), "Egress": ("DWord", "1"),
            "Activity Log Enabled": ("DWord", "1"), "Activity Log Directory": ("String", "C:\\Mail\\Logging\\SMTP"),
        ]
        rows.merge(changes) { $1 }
        let object = { (name: String, row: (kind: String, value: String)) in
            PowerShellObject(["Name": .text(name), "Kind": .text(row.kind), "Value": .text(row.value)])
        }
        let smtp = rows.sorted { $0.key < $1.key }.compactMap { name, row in row.map { object(name, $0) } }
        return Facts(objects: [
            "mailenable.smtp64": .objects(smtp),
            "mailenable.root64": .objects([
                object("Version", ("String", "10.48")), object("Data Directory", ("String", "C:\\Mail")),
            ]),
            "windows.host": .objects([PowerShellObject(["Computer": .text("MAIL1")])]),
        ])
    }
}

/// A Windows host with IceWarp, as tool.exe tells its variables.
package enum IceWarpSample {
    /// By the names of the variables.
    package static func facts(
        _ changes: [String: String?] = [:],
        hasService: Bool = true,
        files: [String] = []
    ) -> Facts {
        var values: [String: String?] = [
            "C_Version": "14.3.0.12", "C_Mail_SMTP_General_RelayMailServer": "",
            "C_Mail_SMTP_General_DeliveryMode": "1", "C_Mail_SMTP_Delivery_MXReconnectFailure": "0",
            "C_Mail_SMTP_Delivery_UseTLSSSL": "1", "C_System_Services_SMTP_Port": "25",
            "C_System_Log_Services_SMTP": "3", "C_System_Storage_Dir_LogPath": #"D:\IceWarp\logs\"#,
            "C_System_Storage_Dir_MailPath": #"D:\IceWarp\mail\"#,
        ]
        values.merge(changes) { $1 }
        let rows = values.sorted { $0.key < $1.key }.compactMap { name, value in
            value.map { PowerShellObject(["Name": .text(name), "Value": .text($0)]) }
        }
        return Facts(objects: [
            "icewarp.on64": .objects(rows),
            "icewarp.files.on64": .objects(files.map { PowerShellObject(["Name": .text($0)]) }),
            "service.IceWarpSMTP": .objects(hasService ? [PowerShellObject(["Name": .text("IceWarpSMTP")])] : []),
            "windows.host": .objects([PowerShellObject(["Computer": .text("MAIL1")])]),
        ])
    }
}

/// What Kerio Connect's administration interface answers.
package enum KerioSample {
    package static func facts(_ rules: RelayRules, usesTLS: Bool = true, version: String = "10.0.8") -> Facts {
        Facts(calls: [
            "kerio.version": .result(.object(["version": .text(version)])),
            "kerio.rules": .result(.object(["list": .list(rules.rules.map { $0.written(password: "") })])),
            "kerio.settings": .result(.object(["server": .object(["useSSL": .flag(usesTLS)])])),
        ])
    }

    package static func rule(
        _ title: String,
        _ condition: RelayRule.Condition = .init(),
        username: String? = nil,
        isEnabled: Bool = true
    ) -> RelayRule {
        var rule = RelayRule(
            RuleDescription(title: title),
            host: "\(title.count).example",
            port: 25,
            username: username,
            condition
        )
        rule.isEnabled = isEnabled
        return rule
    }

    /// Rules of others: for some mail and for all, on and off, with a login and without.
    package static let several = [
        rule("partner", .init(.recipient, pattern: "*@partner.example")),
        rule("with login", .init(.sender, pattern: "*@excluded.example"), username: "u"),
        rule("switched off", isEnabled: false), rule("", .init(.recipient, isNegated: true, pattern: "*@d.example")),
        rule("everything"),
    ]
}

/// Entries of Exchange 2000 and 2003 in the directory.
package enum LegacyExchangeSample {
    package static let group =
        "CN=First Routing Group,CN=Routing Groups,CN=First Administrative Group,CN=Example,DC=example,DC=com"

    package static func server(_ name: String, _ port: [String] = []) -> DirectoryEntry {
        DirectoryEntry(
            "CN=1,CN=SMTP,CN=Protocols,CN=\(name),CN=Servers,DC=example,DC=com",
            ["objectClass": ["top", "protocolCfgSMTPServer"], "cn": ["1"], "msExchSmtpOutgoingPort": port]
        )
    }

    package static func connector(_ changes: [String: [String]] = [:]) -> DirectoryEntry {
        let attributes = [
            "objectClass": ["top", "msExchRoutingSMTPConnector"], "cn": ["Internet"], "routingList": ["SMTP:*;1"],
            "msExchSmtpSmartHost": ["[192.0.2.1]"], "msExchSmtpOutboundSecurityFlag": ["0"],
            "msExchSourceBridgeheadServersDN": [server("MAIL").name],
        ]
        return DirectoryEntry("CN=Internet,CN=Connections,\(group)", attributes.merging(changes) { _, new in new })
    }
}
