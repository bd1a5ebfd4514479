package import MTAPlan

extension Sendmail {
    package func notation(of path: String) -> Notation {
        if path == OwnSendmailTable.logins { return .unknown }
        if path == OwnSendmailTable.routes { return Notation(.rows) }
        return Notation(.macros, comments: ["dnl", "#"], harmless: Self.harmless)
    }

    /// Source: cf/README.
    private static let harmless = Set(
        """
        SMART_HOST LOCAL_RELAY MAIL_HUB LUSER_RELAY RELAY_MAILER_ARGS ESMTP_MAILER_ARGS confDOMAIN_NAME confPRIVACY_FLAGS
        confSMTP_LOGIN_MSG confDELIVERY_MODE confMAX_MESSAGE_SIZE mailertable access_db virtusertable genericstable
        domaintable masquerade_envelope allmasquerade always_add_domain nouucp no_default_msa smrsh use_cw_file
        use_ct_file local_procmail redirect nullclient smtp local procmail uucp
        """.split { $0 == " " || $0 == "\n" }.map(String.init)
    )
}
