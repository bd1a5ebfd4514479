import Foundation
import Testing

/// A stand-in for a panel: what is called how there.
struct Panel: Sendable, CustomTestStringConvertible {
    var host: String
    var server: String
    /// The section's key for the panel's own limits.
    var limits: String
    var rebuild: String
    /// Prints how many messages were counted.
    var count: String
    var limitReached: String
    /// Gives the host a second address and example.com that address and a name of its own.
    var ownAddress: String
    var extraAddress: String
    var vendor: String
    var otherSmarthost: String
    var refusals: [Refusal]

    var testDescription: String { host }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var given: String
        var words: String
        var testDescription: String { words }
    }

    static let all = [
        cpanel("cpanel12", "198.18.1.121"), cpanel("cpanel13", "198.18.1.122"),
        directadmin("directadmin12", "198.18.1.123"), directadmin("directadmin13", "198.18.1.124"),
    ]

    /// Whether the lab that is up has them.
    static var areUp: Bool {
        let table = (try? String(contentsOfFile: "\(Lab.folder)/hosts.table", encoding: .utf8)) ?? ""
        return Lab.isUp
            && all.allSatisfy { panel in table.split(separator: "\n").contains { $0.hasPrefix(panel.host + " ") } }
    }

    /// Two senders of one owner count together on DirectAdmin, by domain on cPanel; the test message is root's.
    func counted(afterRounds rounds: Int) -> Int { server == "cpanel" ? rounds : 2 * rounds }

    /// Rows of the tree that the test itself changed after it was read.
    func isChangedByTest(_ row: String) -> Bool {
        // Exim writes into its panic log that the limit was reached.
        let ours = ["/var/cpanel/max_emails_per_hour", "/etc/virtual/limit", "/var/log/exim/paniclog"]
        // DirectAdmin's build writes files that we never touch.
        let built = server == "directadmin" ? ["/etc/exim.conf", "/etc/exim.pl"] : []
        return (ours + built).contains { row.hasPrefix($0 + "\t") }
    }

    private static func cpanel(_ host: String, _ address: String) -> Panel {
        let build = "/usr/local/cpanel/scripts/buildeximconf"
        return Panel(
            host: host,
            server: "cpanel",
            limits: "hourly-limits",
            rebuild: "\(build) && /usr/local/cpanel/scripts/restartsrv_exim",
            count: "cat /var/cpanel/email_send_counts/example.com 2>/dev/null | wc -c",
            limitReached: "echo 2 > /var/cpanel/max_emails_per_hour",
            ownAddress: """
                ip address add \(address)/16 dev eth0
                echo 'example.com: \(address)' > /etc/mailips
                echo 'example.com: mail.example.com' > /etc/mailhelo
                """,
            extraAddress: address,
            vendor: "MailChannels",
            otherSmarthost: """
                sed -i -e 's/^@AUTH@$/&\\nmailchannels_login:\\n driver = plaintext\\n public_name = LOGIN\\n client_send = : account : oldsecret/' \
                -e 's/^@POSTMAILCOUNT@$/&\\nsend_via_mailchannels:\\n driver = manualroute\\n domains = !+local_domains\\n transport = mailchannels_smtp\\n route_list = * smtp.mailchannels.net::25 randomize byname/' \
                -e 's/^@TRANSPORTSTART@$/&\\nmailchannels_smtp:\\n driver = smtp\\n hosts_require_auth = */' /etc/exim.conf.local
                \(build)
                """,
            refusals: [
                Refusal(
                    given: "sed -i '/^@POSTMAILCOUNT@$/d' /etc/exim.conf.local",
                    words: "the marker `@POSTMAILCOUNT@` is missing"
                ),
                Refusal(
                    given: "sed -i 's/^begin transports$/&\\nby_hand:\\n  driver = smtp/' /etc/exim.conf",
                    words: "`by_hand` is only in the generated file"
                ),
                Refusal(
                    given: "sed -i 's/^@TRANSPORTSTART@$/&\\nhalf:\\n  driver = smtp/' /etc/exim.conf.local",
                    words: "this line is not in /etc/exim.conf yet"
                ),
                Refusal(given: "rm /etc/exim.conf.local", words: "/etc/exim.conf.local does not exist"),
            ]
        )
    }

    private static func directadmin(_ host: String, _ address: String) -> Panel {
        Panel(
            host: host,
            server: "directadmin",
            limits: "sending-limits",
            rebuild: "da build exim_conf",
            count: "cat /etc/virtual/usage/alice 2>/dev/null | wc -c",
            limitReached: "echo 2 > /etc/virtual/limit",
            ownAddress: """
                ip address add \(address)/16 dev eth0
                echo 'example.com: \(address)' > /etc/virtual/domainips
                echo '\(address): mail.example.com' > /etc/virtual/helo_data
                """,
            extraAddress: address,
            vendor: "DirectAdmin's smart_route template",
            otherSmarthost: """
                printf 'smart_route:\\n  driver = manualroute\\n  domains = ! +local_domains\\n  transport = auth_relay\\n  route_list = * smtp.example.net\\n  no_more\\n' > /etc/exim.routers.pre.conf
                printf 'auth_relay:\\n  driver = smtp\\n  port = 587\\n' > /etc/exim.transports.pre.conf
                printf 'auth_login:\\n  driver = plaintext\\n  public_name = LOGIN\\n  hide client_send = : account : oldsecret\\n' > /etc/exim.authenticators.post.conf
                """,
            refusals: [
                Refusal(
                    given: "sed -i '/exim.routers.pre.conf/d' /etc/exim.conf",
                    words: "/etc/exim.conf does not include /etc/exim.routers.pre.conf"
                ),
                Refusal(
                    given: """
                        sed -i 's/^begin routers$/&\\nby_hand:\\n  driver = manualroute\\n  transport = remote_smtp\\n  route_list = * a.example/' /etc/exim.conf
                        """,
                    words: "the router `by_hand` sends mail to a smarthost from /etc/exim.conf itself"
                ),
                Refusal(
                    given: """
                        mkdir -p /usr/local/directadmin/custombuild/custom/exim
                        grep -v transports.pre /etc/exim.conf > /usr/local/directadmin/custombuild/custom/exim/exim.conf
                        """,
                    words: "the next build would undo the change"
                ),
                Refusal(
                    given: "sed -i /check_limits/d /etc/exim.conf",
                    words: "no router of the panel calls `check_limits`"
                ),
            ]
        )
    }
}
