import Foundation
import MTAApply
import MTAPlan

/// A plan in a file: what was expected and what is wanted, and references where secrets belong.
struct SavedPlan: Codable {
    /// The first key of the file, as keys are sorted: by it a plan is told from a playbook, also when it is cut off.
    var format = "mtactl plan 1"
    var made: String
    var rollout: RolloutPolicy
    var hosts: [HostPlan]
    /// Hosts that had no plan, so that `apply` can say so.
    var withoutPlan: [String]

    var secrets: Set<SecretReference> {
        var references: Set<SecretReference> = []
        for host in hosts {
            guard case .change(let changes) = host.disposition else { continue }
            for case .file(let content, _, _, _) in changes.files.map(\.wanted) {
                references.formUnion(content.secrets)
            }
        }
        return references
    }

    /// Writes the plan for the owner's eyes only, whole or not at all.
    func write(to path: String) throws(Failure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let beside = path + ".mtactl-new"
        do {
            let data = try encoder.encode(self)
            try? FileManager.default.removeItem(atPath: beside)
            guard FileManager.default.createFile(atPath: beside, contents: data, attributes: [.posixPermissions: 0o600])
            else {
                throw Failure("\(path) cannot be written", hint: "is the folder there, and yours?")
            }
            if FileManager.default.fileExists(atPath: path) {
                _ = try FileManager.default.replaceItemAt(URL(filePath: path), withItemAt: URL(filePath: beside))
            } else {
                try FileManager.default.moveItem(atPath: beside, toPath: path)
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure("\(path) cannot be written", hint: "\(error)")
        }
    }

    /// The plan in a file's bytes, or `nil` where they are no saved plan, as a playbook's are not.
    ///
    /// - Throws: When it is one and cannot be read.
    static func read(_ data: Data, file: String) throws(Failure) -> SavedPlan? {
        guard data.first(where: { $0 != 0x20 && $0 != 0x0A }) == UInt8(ascii: "{"), data.contains("\"mtactl plan 1\"")
        else {
            return nil
        }
        do {
            return try JSONDecoder().decode(SavedPlan.self, from: data)
        } catch {
            throw Failure("this saved plan is damaged, or of another mtactl", hint: "plan again", at: file)
        }
    }
}

extension Data {
    fileprivate func contains(_ text: String) -> Bool { range(of: Data(text.utf8)) != nil }
}
