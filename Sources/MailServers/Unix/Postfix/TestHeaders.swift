/// Headers like those of a test message, as `cleanup` sees them.
enum TestHeaders {
    static let all = [
        "Received: by host.example (Postfix, from userid 0) id 4F1A2B3C4D; Sat, 28 Nov 2026 10:00:00 +0000 (UTC)",
        "From: <root@host.example>", "To: <postmaster@example.net>",
        "Subject: mtactl test message 20261128T100000Z-ab12", "Date: Sat, 28 Nov 2026 10:00:00 +0000",
        "Message-ID: <mtactl-20261128T100000Z-ab12-0a1b2c3d@host.example>", "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
    ]
}
