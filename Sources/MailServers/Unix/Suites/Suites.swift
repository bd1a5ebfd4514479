import MTAPlan

extension Suite {
    static let all = [
        zimbra, indiMail, mailInABox, proxmox, yunoHost, hestia, ispConfig, iRedMail, virtualmin,
        unknown("cwp", "CWP"), unknown("cyberpanel", "CyberPanel"), unknown("froxlor", "Froxlor"),
        unknown("interworx", "InterWorx"), unknown("vesta", "VestaCP"),
    ]

    /// Its Postfix is below /opt/zimbra, and zmconfigd writes its files from LDAP every two minutes.
    ///
    /// Source: the administrator's guide, "Zimbra Mail Transfer Agent" (github.com/Zimbra/adminguide, mta.adoc).
    private static let zimbra = Suite(
        Recognition(
            "zimbra",
            isChoice: false,
            folder: "/opt/zimbra/",
            word: "postdrop",
            listeners: ["master"]
        ),
        .itself(
            "Zimbra",
            why: "writes its Postfix's files from its own directory every few minutes",
            hint: "set the relay there, as user zimbra: `zmprov ms $(zmhostname) zimbraMtaRelayHost HOST:PORT`"
        )
    )

    /// A qmail with its control files in /etc/indimail/control, or all of it below /var/indimail.
    ///
    /// Source: qmail-showctl(8) of indimail-mta (github.com/indimail/indimail-mta, wiki).
    private static let indiMail = Suite(
        Recognition(
            "indimail",
            isChoice: false,
            folder: "/indimail/",
            listeners: ["tcpserver", "qmail-smtpd"]
        ),
        .itself(
            "IndiMail",
            why: "mtactl knows qmail's files only in /var/qmail and /var/lib/qmail",
            hint: "set the routes in smtproutes of its control folder, which `qmail-showctl` shows"
        )
    )

    /// Its set-up and its daily jobs set Postfix's files to what they were.
    ///
    /// Source: github.com/mail-in-a-box/mailinabox, issue 1582; setup/mail-postfix.sh.
    private static let mailInABox = Suite(
        Recognition("mailinabox", .panel(), isChoice: false),
        .itself(
            "Mail-in-a-Box",
            why: "resets Postfix's files with each upgrade; it has no setting for a smarthost",
            hint: "exclude the host with `--limit '!HOST'`"
        )
    )

    /// It makes Postfix's files from templates with each change.
    ///
    /// Source: pmg-docs, pmg.mail-relaying-conf-opts.adoc (git.proxmox.com): `smarthost`, `smarthostport`.
    private static let proxmox = Suite(
        Recognition("pmg", .panel(), isChoice: false),
        .itself(
            "Proxmox Mail Gateway",
            why: "generates Postfix's files from its templates with each change",
            hint: "set the smarthost there: `pmgsh set /config/mail --smarthost HOST --smarthostport PORT`"
        )
    )

    /// It makes main.cf from a template, with a relay of its own settings.
    ///
    /// Source: hooks/conf_regen/19-postfix (github.com/YunoHost/yunohost): `email.smtp.smtp_relay_*`.
    private static let yunoHost = Suite(
        Recognition("yunohost", .panel(), isChoice: false),
        .itself(
            "YunoHost",
            why: "generates main.cf from its own settings, or leaves it entirely to whoever has changed it",
            hint: "set the relay there: `yunohost settings set email.smtp.smtp_relay_host -v HOST`, then its "
                + "smtp_relay_port, smtp_relay_user, smtp_relay_password and smtp_relay_enabled"
        )
    )

    /// Its routers read a relay from /etc/exim4/smtp_relay.conf; an upgrade brings a template of its own.
    ///
    /// Source: bin/v-add-sys-smtp-relay and pull request 1591 (github.com/hestiacp/hestiacp).
    private static let hestia = Suite(
        Recognition("hestia", .panel(), isChoice: false, version: { $0.version(of: "hestia", after: "VERSION=") }),
        .itself(
            "HestiaCP",
            why: "has a relay of its own in Exim's template, which its upgrades replace",
            hint: "set it there: `v-add-sys-smtp-relay HOST USER PASSWORD PORT`"
        )
    )

    /// It sets relayhost with postconf when that is changed in the panel; its update can rewrite all files.
    ///
    /// Source: server/plugins-available/postfix_server_plugin.inc.php (git.ispconfig.org/ispconfig/ispconfig3).
    private static let ispConfig = Suite(
        Recognition("ispconfig", .panel(), isChoice: false),
        .mayRewrite("ISPConfig", when: "when it is updated and asked to reconfigure services")
    )

    /// It sets Postfix up once, and leaves the files to the administrator.
    private static let iRedMail = Suite(
        Recognition("iredmail", .panel(), isChoice: false, version: { $0.version(of: "iredmail") }),
        .free
    )

    /// It edits Postfix's files in place, one line at a time.
    private static let virtualmin = Suite(Recognition("virtualmin", .panel(), isChoice: false), .free)

    /// What is known of it is where it is.
    private static func unknown(_ name: String, _ title: String) -> Suite {
        Suite(
            Recognition(name, .panel(), isChoice: false),
            .mayRewrite(title, when: "when it changes something itself")
        )
    }
}
