import Console
import Foundation
import MTAApply
import MTAPlan
import SystemPackage

/// A plan in a file: what was expected and what is wanted, and references where secrets belong.
struct SavedPlan: Codable {
    /// The first key of the file, as keys are sorted: it distinguishes a plan from a playbook, even when the file is
    /// cut off.
    var format = "mtactl plan 2"
    var made: String
    var rollout: RolloutPolicy
    var hosts: [SitePlan]
    /// Hosts that had no plan, so that `apply` can say so.
    var withoutPlan: [String]

    var secrets: Set<SecretReference> {
        hosts.reduce(into: []) { secrets, plan in
            if case .change(_, let work) = plan.disposition { secrets.formUnion(work.secrets) }
        }
    }

    /// Writes the plan for the owner's eyes only, whole or not at all.
    ///
    /// What is not a regular file, such as /dev/stdout, is written to directly and never replaced.
    func write(to path: String) throws(Failure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let place = try OwnFiles.destination(of: path)
        let isFile = !FileManager.default.fileExists(atPath: place) || FileManager.default.isFile(place)
        do {
            let data = try encoder.encode(self)
            guard isFile else {
                let file = try FileHandle(forWritingTo: URL(filePath: place))
                try file.write(contentsOf: data)
                return try file.close()
            }
            try PrivateFile.replace(place, with: Array(data))
        } catch {
            let reason = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
            let words = (error as? Errno)?.description ?? reason.localizedFailureReason ?? reason.localizedDescription
            throw Failure(
                "\(path) cannot be written: \(words)",
                hint: "is there space left, and is the folder yours?"
            )
        }
    }

    /// The plan in a file, or `nil` where it is not a saved plan, such as a playbook.
    ///
    /// - Throws: When it is one and cannot be read, or somebody else may have written it.
    static func read(_ data: Data, _ stat: Stat, file: String) throws(Failure) -> SavedPlan? {
        guard data.first(where: { $0 != 0x20 && $0 != 0x0A }) == UInt8(ascii: "{"), data.contains("\"mtactl plan ")
        else {
            return nil
        }
        if let objection = OwnFiles.objection(to: stat) {
            throw Failure(
                "this saved plan is not applied: \(objection)",
                hint: "plan again, into a file of your own",
                at: file
            )
        }
        do {
            return try JSONDecoder().decode(SavedPlan.self, from: data)
        } catch {
            throw Failure("this saved plan is damaged, or from another version of mtactl", hint: "plan again", at: file)
        }
    }
}

extension FileManager {
    fileprivate func isFile(_ path: String) -> Bool {
        do { return try attributesOfItem(atPath: path)[.type] as? FileAttributeType == .typeRegular } catch {
            return false
        }
    }
}

extension Data {
    fileprivate func contains(_ text: String) -> Bool { range(of: Data(text.utf8)) != nil }
}
