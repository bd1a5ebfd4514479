/// The mail servers of the lab: one entry each, and nothing else has to be told that it is there.
enum LabServers {
    static let all = [postfix]

    static let postfix = LabServer(
        name: "Postfix",
        hosts: ["deb12": "3.7", "deb13": "3.10", "deb12-rsyslog": "3.7", "deb13-sudo": "3.10"],
        does: [1, 2, 3, 4, 5, 6, 7, 11],
        given: [
            11: """
            umask 077
            printf 'boss@example.com yes\\n@listed.test yes\\n' > /etc/relay_senders
            printf 'boss@example.com boss:secret of boss\\n@listed.test smtp@example.com:secret of smtp\\n' > /etc/relay_logins
            """
        ],
        reloads: "postfix=$(journalctl -q SYSLOG_FACILITY=2 | grep -c 'reload -- version'); echo $postfix",
        queued: "postqueue -j | wc -l",
        flush: "postqueue -f",
        unseen: ["/var/spool/postfix"]
    )
}
