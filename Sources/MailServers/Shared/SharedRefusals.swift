import MTAPlan

/// What several mail servers cannot do, refused in the same words.
extension Routes {
    /// For a server that does not route by sender: bounces take the default route, so the playbook has to say so.
    ///
    /// Nothing is wrong where the default route is direct, as bounces then are too.
    ///
    /// - Throws: Where bounces are to go direct and other mail is not.
    func checkBounces(on server: String) throws(Failure) {
        guard case .via(let smarthost) = defaultRoute, bounces == .direct else { return }
        throw Failure(
            "\(server) cannot route bounces apart, and they are to go direct while other mail takes `\(smarthost.name)`",
            hint: "write `bounces: default` in the play's routes, and they go through the smarthost too"
        )
    }
}
