import Foundation
import MTAPlan
import SystemPackage

/// The operator's files, for inventories.
struct DiskFiles: InventoryFiles {
    /// Folders that others may write to are an error.
    var onlyOurs = false

    /// More than any inventory has.
    private static let most = 64 << 20

    func entries(of folder: String) throws(Failure) -> [String: Bool]? {
        guard Self.isFolder(folder) else { return nil }
        if onlyOurs, let reason = FolderTrust.untrustedReason(folder) { throw .notUsedAutomatically(folder, reason) }
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            return Dictionary(names.map { ($0, Self.isFolder("\(folder)/\($0)")) }) { first, _ in first }
        } catch {
            throw Failure("the folder cannot be read", hint: Self.reason(error), at: folder)
        }
    }

    /// Files, and pipes such as a shell's `<(…)`.
    func bytes(of file: String) throws(Failure) -> [UInt8] {
        if onlyOurs, let reason = FolderTrust.untrustedReason(file) { throw .notUsedAutomatically(file, reason) }
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: file))
            // What was read is read.
            defer { try? handle.close() }
            var data = Data()
            while data.count <= Self.most, let more = try handle.read(upToCount: 1 << 20), !more.isEmpty {
                data += more
            }
            return [UInt8](data)
        } catch {
            throw Failure("there is no such file, or it cannot be read", hint: Self.reason(error), at: file)
        }
    }

    /// Symlinks count as what they point to.
    static func isFolder(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/.")
    }

    private static func reason(_ error: any Error) -> String? {
        guard let error = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError else { return nil }
        return error.domain == NSPOSIXErrorDomain ? "\(Errno(rawValue: CInt(error.code)))".lowercased() : nil
    }
}

extension Failure {
    static func notUsedAutomatically(_ path: String, _ reason: String) -> Failure {
        Failure(
            "this is not used automatically, since \(reason)",
            hint: "name the inventory with -i, or remove the write permission: `chmod go-w \(path.shellQuoted)`",
            at: path
        )
    }
}
