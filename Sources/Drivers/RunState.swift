/// What a host's journal says of a run.
package enum RunState: String, Sendable, Hashable, Codable, CaseIterable {
    /// The host knows of no such run, so it has changed nothing.
    case none
    /// Locked and backed up; nothing is changed yet.
    case preparing
    /// Changed, and neither confirmed nor put back.
    case pending
    case confirmed
    case restoring
    case restored
    case stranded

    /// Whether the host will not leave this state by itself.
    package var isFinal: Bool {
        switch self {
        case .none, .confirmed, .restored, .stranded: true
        case .preparing, .pending, .restoring: false
        }
    }
}
