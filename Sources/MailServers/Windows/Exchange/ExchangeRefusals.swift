import MTAPlan

/// What Exchange cannot do at all, refused before anything is looked at.
extension Routes {
    /// - Throws: The first thing that a Send connector cannot say.
    func checkExchange(_ secrets: Secrets) throws(Failure) {
        if !senders.isEmpty || sendersFile != nil {
            let hasLogins = senders.contains { $0.login != nil } || sendersFile?.logins != nil
            throw Failure(
                "Exchange routes only by recipient, and the play has \(hasLogins ? "logins of" : "routes for") senders",
                hint:
                    "leave the senders out for this host; Postfix or Exim between Exchange and the smarthost can do it"
            )
        }
        if returnPath != nil { throw .returnPath("Exchange") }
        if localDomains != .keep { throw .localMail("Exchange") }
        try checkBounces(on: "Exchange")
        for smarthost in smarthosts { try smarthost.checkExchange(secrets) }
    }
}

extension Smarthost {
    fileprivate func checkExchange(_ secrets: Secrets) throws(Failure) {
        guard let login else { return }
        let password = String(decoding: try secrets.value(of: login.password).reveal(), as: UTF8.self)
        // An empty password is dropped without a word, and so is the login.
        if password.isEmpty { throw Failure("the password for `\(name)` is empty", hint: "look at \(login.password)") }
        let limit = 256
        for (what, length) in [("password", password.utf16.count), ("user name", login.username.utf16.count)]
        where length > limit {
            throw Failure(
                "the \(what) for `\(name)` has \(length) characters, but Exchange accepts \(limit)",
                hint: "set a shorter one at the provider"
            )
        }
    }
}

extension ExchangeSite {
    /// - Throws: What keeps this server from being changed at all, or from sending through the connector.
    func check(_ settings: ExchangeSettings, _ routes: Routes) throws(Failure) {
        if shell.isEdge, !edges.isEmpty {
            throw Failure(
                "this Edge server is subscribed, so EdgeSync rewrites its connectors",
                hint: "plan the change on a Hub Transport or Mailbox server: it reaches the Edge server automatically"
            )
        }
        if shell.isEdge {
            let ours = [
                ("source-servers", !settings.sourceServers.isEmpty),
                ("domain-controller", settings.domainController != nil),
            ]
            for (key, isSet) in ours where isSet {
                throw Failure("`\(key)` has no effect on an Edge server", hint: "leave it out for this host")
            }
        }
        for name in settings.sourceServers where !servers.isEmpty {
            let short = Self.short(name)
            guard let server = servers.first(where: { $0.name == short }) else {
                if edges.contains(short) { continue }
                throw Failure(
                    "there is no server `\(name)` in the organisation",
                    hint: "there are \(servers.map(\.name).sorted().prefix(8).joined(separator: ", "))"
                )
            }
            if !server.takesMail {
                throw Failure(
                    "`\(name)` does not send mail: it is neither a Hub Transport nor a Mailbox server",
                    hint: "remove it from `source-servers`"
                )
            }
        }
        guard shell.version == .v2007 else { return }
        for smarthost in routes.smarthosts where smarthost.tls == .verified {
            throw Failure(
                "Exchange 2007 has no TlsAuthLevel, so it cannot verify the certificate of `\(smarthost.name)`",
                hint: "write `tls: required`"
            )
        }
    }
}

extension PowerShellWork {
    /// - Throws: For the first cmdlet or parameter that the shell does not have.
    func check(against shell: ExchangeShell) throws(Failure) {
        for call in calls {
            guard shell.knows(cmdlet: call.cmdlet) else {
                throw Failure("\(shell.title) has no \(call.cmdlet)", hint: "this is a bug in mtactl")
            }
            for parameter in call.parameters where !shell.knows(parameter.name, of: call.cmdlet) {
                throw Failure(
                    "`\(call.cmdlet)` of \(shell.title) has no `-\(parameter.name)`",
                    hint: "remove what needs it from the play"
                )
            }
        }
    }
}
