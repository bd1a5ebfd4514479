/// Headers like those of a test message, as `cleanup` sees them.
enum TestHeaders {
    static let all = [
        "Received: by host.example (Postfix, from userid 0) id 4F1A2B3C4D; Sat, 28 Nov 2026 10:00:00 +0000 (UTC)",
        "From: <root@host.example>", "To: <postmaster@example.net>",
        "Subject: mtactl test message 20261128T100000Z-ab12", "Date: Sat, 28 Nov 2026 10:00:00 +0000",
        "Message-ID: <mtactl-20261128T100000Z-ab12-0a1b2c3d@host.example>", "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
    ]
    /// Whether a pattern is true of one of them; `nil` where it hangs on the host's names or on the time.
    static func match(_ pattern: TablePattern, written: String) -> Bool? {
        if all.contains(where: pattern.matches) { return true }
        let text = written.lowercased()
        let isOfOther = text.hasPrefix("^x-") || text.hasPrefix("^subject:") || text.hasPrefix("^content-")
        return isOfOther ? false : nil
    }
}
