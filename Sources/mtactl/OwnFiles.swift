import Foundation
import MTAPlan
import SystemPackage

/// What of the file system can be trusted: what belongs to whoever runs this, or to root.
enum OwnFiles {
    /// A file's bytes, and what was known of it while it was open.
    static func read(_ path: String) throws -> (data: Data, stat: Stat) {
        let descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
        let file = FileHandle(fileDescriptor: descriptor.rawValue, closeOnDealloc: true)
        let stat = try descriptor.stat()
        if stat.type == .directory { throw Errno.isDirectory }
        return (try file.readToEnd() ?? Data(), stat)
    }

    /// Why a file may have been written by others, where it may.
    static func objection(to stat: Stat) -> String? {
        guard stat.type == .regular else { return nil }
        if !isOwn(stat) { return "it belongs to another user (\(stat.userID.rawValue))" }
        let open = stat.permissions.intersection([.groupWrite, .otherWrite])
        return open.isEmpty ? nil : "users other than its owner can write to it"
    }

    /// Where a path leads, with all symlinks followed.
    ///
    /// - Throws: Where a symlink on the way, or something there that is not a file, is somebody else's.
    static func destination(of path: String) throws(Failure) -> String {
        var rest = FilePath(path).components.map(\.string)
        var place = FilePath(path.hasPrefix("/") ? "/" : FileManager.default.currentDirectoryPath)
        var links = 0
        while !rest.isEmpty {
            let next = place.appending(rest.removeFirst())
            // What is not there yet is not a symlink.
            guard let stat = try? Stat(next, followTargetSymlink: false) else { return next.appending(rest).string }
            guard stat.type == .symbolicLink else {
                if rest.isEmpty, ![.regular, .directory].contains(stat.type), !isOwn(stat) {
                    throw .ownedByAnother(next.string, what: "the existing file")
                }
                place = next
                continue
            }
            guard isOwn(stat) else { throw .ownedByAnother(next.string, what: "the symlink") }
            // A descriptor that is open already, as /dev/stdout: its link leads to no path. If not, the link is looked at next.
            if rest.isEmpty, next.starts(with: "/proc"), let open = try? Stat(next), open.type != .regular {
                return next.string
            }
            links += 1
            // A symlink that cannot be read leads nowhere, whatever the reason.
            guard links <= 40, let target = try? FileManager.default.destinationOfSymbolicLink(atPath: next.string)
            else { throw Failure("the symlink's target does not exist", at: next.string) }
            rest = FilePath(target).components.map(\.string) + rest
            if target.hasPrefix("/") { place = "/" }
        }
        return place.string
    }

    private static func isOwn(_ stat: Stat) -> Bool { [geteuid(), 0].contains(stat.userID.rawValue) }
}

extension FilePath {
    fileprivate func appending(_ words: [String]) -> FilePath { words.reduce(self) { $0.appending($1) } }
}

extension Failure {
    fileprivate static func ownedByAnother(_ path: String, what: String) -> Failure {
        Failure(
            "\(what) belongs to another user, and is not overwritten",
            hint: "save to a folder of your own",
            at: path
        )
    }
}
