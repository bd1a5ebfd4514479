enum IceWarpLab {
    /// Whether the lab that is up has the stand-in for IceWarp on Linux.
    static let isUp = has("icewarp")
    static let isUpOnWindows = has("icewarp-win")

    private static func has(_ host: String) -> Bool { Lab.isUp && ((try? Lab.hosts())?.contains(host) ?? false) }

    /// Hands a message in as a client on the host does, and looks where it arrives.
    static func way(from host: String) async throws -> Letter.Way? {
        let id = "letter-\(UInt64.random(in: .min ... .max))@lab.test"
        let place = try Recorded.place()
        try await Lab.on(
            host,
            """
            python3 -c "
            import smtplib
            text = 'Message-ID: <\(id)>\\r\\nFrom: <a@lab.test>\\r\\nTo: <b@remote.test>\\r\\n\\r\\ntext\\r\\n'
            smtplib.SMTP('127.0.0.1', 25).sendmail('a@example.com', ['b@remote.test'], text)
            "
            """
        )
        return try await Recorded.messages([id], since: place, within: 30)[id]?.first?.way
    }
}
