/// The mail servers of the lab: one entry each, and nothing else has to be told that it is there.
enum LabServers {
    static let all = [
        postfix,
        plesk,
        exim,
        eximSplit,
        eximOneFile,
        cPanel,
        directAdmin,
        sendmail,
        opensmtpd,
        qmail,
        qmailWithLogins,
        nullmailer,
        msmtp,
        dma,
        ssmtp,
    ]

    // MARK: Postfix

    static let postfix = LabServer(
        name: "Postfix",
        hosts: ["deb12": "3.7", "deb13": "3.10", "deb12-rsyslog": "3.7", "deb13-sudo": "3.10"],
        does: [1, 2, 3, 4, 5, 6, 7, 11],
        given: [11: lists(senders: "%s yes\\n", logins: "%s %s:%s\\n")],
        reloads: "journalctl -q SYSLOG_FACILITY=2 | grep -c 'reload -- version' || true",
        queued: "postqueue -j | wc -l",
        flush: "postqueue -f",
        unseen: ["/var/spool/postfix"]
    )

    static let plesk = postfix.another(
        "Plesk's Postfix",
        ["plesk": "3.7"],
        standsInFor: "a stand-in around a real Postfix"
    )

    // MARK: Exim

    static let exim = LabServer(
        name: "Exim, Debian's",
        hosts: ["exim12": "4.96", "exim13": "4.98"],
        does: [1, 2, 3, 4, 5, 6, 7, 8, 11],
        given: [11: eximLists(readBy: "Debian-exim")],
        reloads: "grep -cE 'daemon started|re-exec' /var/log/exim4/mainlog || true",
        queued: "exim4 -bpc",
        flush: "exim4 -qff",
        unseen: ["/var/spool/exim4"]
    )

    static let eximSplit = exim.another("Exim, Debian's, split", ["exim12-split": "4.96", "exim13-split": "4.98"])
    static let eximOneFile = exim.another("Exim, one file", ["exim12-file": "4.96", "exim13-file": "4.98"])

    static let cPanel = exim.another(
        "cPanel",
        ["cpanel12": "11.138", "cpanel13": "11.138"],
        standsInFor: "a stand-in around a real Exim"
    ) {
        $0.does.insert(9)
        $0.given[11] = eximLists(readBy: "mail")
        $0.reloads = "grep -cE 'daemon started|re-exec' /var/log/exim_mainlog || true"
        ($0.queued, $0.flush) = ("exim -bpc", "exim -qff")
        $0.unseen = ["/var/spool/exim", "/var/cpanel/email_send_counts"]
    }

    static let directAdmin = exim.another(
        "DirectAdmin",
        ["directadmin12": "1.680", "directadmin13": "1.680"],
        standsInFor: "a stand-in around a real Exim"
    ) {
        $0.does.insert(10)
        $0.given[11] = eximLists(readBy: "mail")
        $0.reloads = "grep -cE 'daemon started|re-exec' /var/log/exim/mainlog || true"
        ($0.queued, $0.flush) = ("exim -bpc", "exim -qff")
        $0.unseen = ["/var/spool/exim", "/etc/virtual/usage"]
    }

    // MARK: Others that route

    static let sendmail = LabServer(
        name: "Sendmail",
        hosts: ["deb12-sendmail": "8.17", "deb13-sendmail": "8.18"],
        does: [1, 2, 3, 4, 6, 12],
        reloads: "journalctl -q SYSLOG_FACILITY=2 | grep -cE 'starting daemon|restarting' || true",
        queued: "for queue in m c; do mailq -A$queue; done | awk '/Total requests:/ { n += $3 } END { print n + 0 }'",
        flush: "sendmail -q",
        unseen: ["/var/spool/mqueue"]
    )

    static let opensmtpd = LabServer(
        name: "OpenSMTPD",
        hosts: ["bookworm-opensmtpd": "6.8", "trixie-opensmtpd": "7.6"],
        does: [1, 2, 3, 4, 5, 6],
        reloads: started("opensmtpd"),
        queued: "smtpctl show queue | wc -l",
        flush: "smtpctl schedule all",
        unseen: ["/var/spool/smtpd", "/home/alice/Maildir"]
    )

    static let qmail = LabServer(
        name: "qmail",
        hosts: ["qmail": "notqmail"],
        standsInFor: "a stand-in",
        does: [1, 3],
        concessions: [.bounces, .clear],
        nullSender: "",
        discardsLater: true,
        reloads: started("qmail"),
        queued: "/var/qmail/bin/qmail-qstat | sed -n 's/messages in queue: //p'",
        flush: "pkill -ALRM -f 'python3.*[b]in/qmail-send'",
        unseen: ["/var/qmail/queue", "/var/qmail/alias"]
    )

    static let qmailWithLogins = LabServer(
        name: "qmail, patched for logins",
        hosts: ["qmail-auth": "notqmail"],
        standsInFor: "a stand-in",
        does: [1, 2, 3, 4, 5],
        concessions: [.bounces],
        nullSender: "",
        asksSendersFirst: true,
        discardsLater: true,
        prepared: """
            mkdir -p /var/qmail/control/tlshosts && cd /var/qmail/control/tlshosts &&
            for host in outgoing relay; do cp /usr/local/share/ca-certificates/mtactl-lab.crt $host.example.net.pem; done
            """,
        reloads: qmail.reloads,
        queued: qmail.queued,
        flush: qmail.flush,
        unseen: qmail.unseen
    )

    // MARK: Senders

    static let nullmailer = LabServer(
        name: "nullmailer",
        hosts: ["bookworm-nullmailer": "2.2", "trixie-nullmailer": "2.2"],
        does: [1, 2],
        concessions: [.bounces],
        hasLocalMail: false,
        reloads: started("nullmailer"),
        queued: "ls /var/spool/nullmailer/queue | wc -l",
        flush: "echo >/var/spool/nullmailer/trigger",
        unseen: ["/var/spool/nullmailer"]
    )

    static let msmtp = LabServer(
        name: "msmtp",
        hosts: ["bookworm-msmtp": "1.8", "trixie-msmtp": "1.8"],
        does: [1, 2, 4, 5],
        concessions: [.bounces, .withoutExceptions],
        hasLocalMail: false,
        hasQueue: false,
        reloads: "echo 0",
        queued: "echo 0",
        flush: "true",
        unseen: []
    )

    static let dma = LabServer(
        name: "dma",
        hosts: ["trixie-dma": "0.13"],
        does: [1, 2],
        concessions: [.bounces, .unverified],
        nullSender: nil,
        reloads: "echo 0",
        queued: "ls /var/spool/dma | grep -c '^M' || true",
        flush: "dma -q",
        unseen: ["/var/spool/dma"]
    )

    static let ssmtp = LabServer(
        name: "sSMTP",
        hosts: ["trixie-ssmtp": "2.64"],
        does: [1, 2],
        concessions: [.bounces, .unverified, .withoutBlanks],
        hasLocalMail: false,
        setsSender: true,
        hasQueue: false,
        reloads: "echo 0",
        queued: "echo 0",
        flush: "true",
        unseen: []
    )

    // MARK: What several have in common

    private static func started(_ unit: String) -> String {
        "journalctl -q _PID=1 -u \(unit) | grep -cE 'Started|Reloaded' || true"
    }

    /// Scenario 11: the files that others maintain, in the server's own form, each a format for printf.
    private static func lists(senders: String, logins: String, readBy group: String = "root") -> String {
        """
        umask 027
        printf '\(senders)' boss@example.com @listed.test > /etc/relay_senders
        printf '\(logins)' boss@example.com boss 'secret of boss' @listed.test smtp@example.com 'secret of smtp' > /etc/relay_logins
        chgrp \(group) /etc/relay_senders /etc/relay_logins
        """
    }

    private static func eximLists(readBy group: String) -> String {
        lists(senders: "%s: yes\\n", logins: "%s: user=%s pass=\"%s\"\\n", readBy: group)
    }
}
