import MTAPlan
import MailServers
import Support
import Testing

/// What was asked for before leaves nothing behind: one playbook after another is the other alone.
@Suite struct OneAfterAnotherTests {
    /// A host, and what is asked of it in the end.
    struct Case: Sendable, CustomTestStringConvertible {
        let last: LawTests.Case
        /// What is asked of this server's fixtures: one in four, others for each host.
        ///
        /// All of it with `MTACTL_LAWS=all`.
        ///
        /// But for nothing: what that takes out, the last one puts back behind what the host has.
        let first: [(name: String, routes: Routes)]

        var testDescription: String { last.testDescription }
    }

    static func cases() throws -> [Case] {
        let planned = try LawTests.planned()
        let every = Laws.areFull ? 1 : 4
        return planned.enumerated().map { number, last in
            let others = planned.filter { $0.server.name == last.server.name && $0.routes != last.routes }
            var first: [(name: String, routes: Routes)] = []
            for other in others
            where !other.routes.smarthosts.isEmpty && !first.contains(where: { $0.routes == other.routes }) {
                first.append((other.testDescription, other.routes))
            }
            let sample = first.enumerated().filter { ($0.offset + number).isMultiple(of: every) }.map(\.element)
            return Case(last: last, first: sample)
        }
    }

    @Test(arguments: try cases())
    func `one playbook after another gives what the other alone gives`(_ test: Case) throws {
        let found = test.last.fixture.facts
        let alone = try found.applying(try test.last.proposal().changes, secrets: FixtureRoutes.secrets)

        for (name, routes) in test.first {
            guard let first = try? test.last.proposal(given: found, for: routes),
                let after = try? found.applying(first.changes)
            else { continue }
            do throws(Failure) {
                let then = try after.applying(try test.last.proposal(given: after).changes)
                let differences = alone.differences(from: then)
                #expect(differences == [], "after \(name)")
            } catch {
                Issue.record("after \(name): \(error)")
            }
        }
    }
}

extension Facts {
    fileprivate func applying(_ changes: POSIXWork) throws(Failure) -> Facts {
        try applying(changes, secrets: FixtureRoutes.secrets)
    }

    /// Files of `other` that are not as ours, as diffs; an empty file says as much as none.
    fileprivate func differences(from other: Facts) -> [String] {
        Set(read.keys).union(other.read.keys).sorted().compactMap { path in
            let (ours, theirs) = (read[path], other.read[path])
            if ours?.bytes ?? [] != theirs?.bytes ?? [] {
                return LineDiff.unified(ours?.bytes ?? [], theirs?.bytes ?? [], path: path)
            }
            guard let ours, let theirs else { return nil }
            // Fewer may read what once held a secret.
            let isSame = theirs.mode.rawValue & ~ours.mode.rawValue == 0 && ours.owner == theirs.owner
            return isSame ? nil : "\(path): \(ours.mode) \(ours.owner) and \(theirs.mode) \(theirs.owner)"
        }
    }
}
