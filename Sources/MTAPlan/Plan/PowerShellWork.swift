/// All that a Windows host, or the organisation that it belongs to, is to be changed by: calls of the executor.
///
/// Only the PowerShell driver opens this. It holds our own bytes and digests, none of the host's values but names.
package struct PowerShellWork: Sendable, Hashable, Codable {
    /// How objects must be found, before anything else is done; otherwise something was changed since the plan was made.
    package var expectations: [Expectation]
    /// What is kept on the site before the change.
    package var snapshot: [PowerShellCall]
    /// Done in this order, and undone in the opposite one.
    package var steps: [Step]
    /// Servers whose transport service restarts after the steps and after undoing them: one after the other, each in a
    /// session of its own with that server.
    package var restarts: [String]
    /// The name of the service that restarts; `nil`: Exchange's transport service.
    package var service: String?
    /// What is read again after the steps.
    package var checks: [Expectation]
    /// Smarthosts that are asked first what they offer.
    package var inquiries: [SmarthostInquiry]

    package init(
        expectations: [Expectation],
        snapshot: [PowerShellCall],
        steps: [Step],
        restarts: [String] = [],
        service: String? = nil,
        checks: [Expectation],
        inquiries: [SmarthostInquiry] = []
    ) {
        self.expectations = expectations
        self.snapshot = snapshot
        self.steps = steps
        self.restarts = restarts
        self.service = service
        self.checks = checks
        self.inquiries = inquiries
    }

    /// One change and how it is taken back.
    package struct Step: Sendable, Hashable, Codable {
        /// In the words of a plan: `switch off the connector "Old smarthost"`.
        package var title: String
        package var change: PowerShellCall
        /// Done also where the change was cut off and nobody knows whether it took place: doing it twice, or for
        /// nothing, must not harm.
        ///
        /// An error that says that there is no such object is then no failure.
        package var undo: PowerShellCall

        package init(_ title: String, _ change: PowerShellCall, undo: PowerShellCall) {
            self.title = title
            self.change = change
            self.undo = undo
        }
    }

    /// What a call must answer.
    ///
    /// A call may answer more objects than these.
    package struct Expectation: Sendable, Hashable, Codable {
        /// Under which key the facts have the answer: `exchange.connectors`.
        package var key: String
        package var call: PowerShellCall
        package var objects: [ObjectExpectation]

        package init(_ key: String, _ call: PowerShellCall, _ objects: [ObjectExpectation]) {
            self.key = key
            self.call = call
            self.objects = objects
        }
    }

    /// References to the secrets that the work needs.
    package var secrets: Set<SecretReference> { steps.reduce(into: []) { $0.formUnion($1.change.secrets) } }

    /// All calls, in the order in which they may be done.
    package var calls: [PowerShellCall] {
        expectations.map(\.call) + snapshot + steps.flatMap { [$0.change, $0.undo] } + checks.map(\.call)
    }
}

/// How one object must be found.
package struct ObjectExpectation: Sendable, Hashable, Codable {
    /// As messages call it.
    package var name: String
    package var identity: Identity
    package var state: State

    package init(_ name: String, _ identity: Identity, _ state: State) {
        self.name = name
        self.identity = identity
        self.state = state
    }

    package enum Identity: Sendable, Hashable, Codable {
        /// The `Guid` that it has.
        case guid(String)
        /// The `Name`, in any case: of an object that does not exist yet.
        case name(String)
    }

    package enum State: Sendable, Hashable, Codable {
        /// There is none.
        case absent
        /// As it was when the plan was made: SHA-256 of the call's properties; see `PowerShellObject.digest`.
        case unchanged(digest: String)
        /// With these values, in the form in which they are compared (`PowerShellForm.canonical`); `nil` is none.
        case with([Wanted])
    }

    package struct Wanted: Sendable, Hashable, Codable {
        package var property: PowerShellCall.Property
        package var value: String?

        package init(_ property: PowerShellCall.Property, _ value: String?) {
            self.property = property
            self.value = value
        }
    }

    /// Whether an object is the one that is meant.
    package func names(_ object: PowerShellObject) -> Bool {
        switch identity {
        case .guid(let guid): object.text("Guid")?.lowercased() == guid.lowercased()
        case .name(let name): object.text("Name")?.lowercased() == name.lowercased()
        }
    }

    /// What is not as expected among what a call answered; `nil` where all is.
    ///
    /// `properties`: What the call tells of each object.
    package func objection(to objects: [PowerShellObject], _ properties: [PowerShellCall.Property]) -> String? {
        let meant = objects.filter(names)
        let shown = Printable.word(name)
        if case .absent = state { return meant.isEmpty ? nil : "there is a \"\(shown)\" now" }
        guard let object = meant.first else { return "\"\(shown)\" does not exist" }
        guard meant.count == 1 else { return "\(meant.count) objects are called \"\(shown)\"" }
        switch state {
        case .absent: return nil
        case .unchanged(let digest):
            return object.digest(of: properties) == digest ? nil : "\"\(shown)\" was changed since the plan was made"
        case .with(let wanted):
            guard let odd = wanted.first(where: { object.canonical($0.property) != $0.value }) else { return nil }
            let found = object.canonical(odd.property).map { "`\(Printable.word($0))`" } ?? "empty"
            let asked = odd.value.map { "`\(Printable.word($0))`" } ?? "empty"
            return "\(odd.property.name) of \"\(shown)\" is \(found) instead of \(asked)"
        }
    }
}

extension PowerShellWork.Expectation {
    /// What is not as expected in what the call answered; `nil` where all is.
    package func objection(to answer: [PowerShellObject]) -> String? {
        objects.lazy.compactMap { $0.objection(to: answer, call.properties) }.first
    }
}
