package import MTAPlan

/// An open conversation with one site, over which the steps of a transaction are done.
///
/// In which order steps are done is decided elsewhere (`Transaction`), what is to be done is in `Work`; a driver
/// knows how. Each call throws when the conversation is lost, after which nobody knows how the step ended: that is
/// found out by `state(of:)` over a new conversation. Whatever the site itself says is an answer, also when it is bad.
///
/// `Tests/DriversTests/DriverConformance.swift` is what every driver has to pass.
package protocol Driver: MessagePath, RunStore {
    /// What the site does by itself at best; a plan says what of it a site lacks.
    static var guarantees: Guarantees { get }

    /// Locks the site, compares it with what is expected, backs up, changes, checks and reloads.
    ///
    /// A failure that the site noticed is undone by the site before it answers, as `Changed.failed` tells.
    func change(_ work: Work, as opening: RunOpening) async throws(Failure) -> Changed

    /// Looks once more whether the mail server runs, and makes the change permanent.
    func confirm(_ work: Work) async throws(Failure) -> Confirmed

    /// Puts the site back as it was before `change`.
    func undo() async throws(Failure) -> Undone
}

/// Under which name and conditions a site is changed.
package struct RunOpening: Sendable {
    package var run: RunID
    /// The mail server, as in `mta:`.
    package var server: String
    /// Where the mail server logs, so that the place in it before the change is remembered.
    package var log: LogSource?
    /// In seconds: how long the site waits for the confirmation before it puts itself back.
    package var revertAfter: Int
    package var secrets: Secrets
    /// What the plan showed of the change, kept with the backup: whoever rolls it back sees it.
    package var edits: [Edit]
    /// The message that `submit` is called with first once the site is changed: a driver may hand it in at once, where
    /// that saves a round trip, and have the answer when it is called.
    package var message: AnnouncedMessage?

    package init(
        run: RunID,
        server: String,
        log: LogSource?,
        revertAfter: Int,
        secrets: Secrets,
        edits: [Edit] = [],
        message: AnnouncedMessage? = nil
    ) {
        self.run = run
        self.server = server
        self.log = log
        self.revertAfter = revertAfter
        self.secrets = secrets
        self.edits = edits
        self.message = message
    }
}

package enum Changed: Sendable, Equatable {
    case done
    case failed(Failure, Undone)
}

package enum Confirmed: Sendable, Equatable {
    case done
    /// The mail server was no longer running, so the site was put back.
    case failed(Failure, Undone)
    /// The site had put itself back before.
    case expired(Failure)
}

/// How a site was put back.
package enum Undone: Sendable, Equatable {
    case nothingWasChanged
    case restored
    case stranded(Failure)
}
