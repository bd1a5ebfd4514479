/// What would stop an apply and is known before it is tried: files that cannot be written, no room for the backup.
///
/// Where the host could not tell, the agent meets it, before it changes anything.
struct Obstacles {
    private let closed: Set<String>
    private let user: Int?
    /// The folder that backups would be put in, where it cannot be written.
    private let unkept: String?
    /// In KiB.
    private let room: Int?
    /// By the path that links lead to.
    private let found: [String: FoundFile]

    init(_ facts: Facts) {
        user = facts.text("mtactl.user").flatMap { Int($0) }
        let paths = (facts.text("mtactl.closed") ?? "").split(separator: "\n").map(String.init)
        // What was asked for may lead elsewhere, and there it is changed.
        closed = Set(paths + paths.compactMap { facts.file($0)?.realPath })
        unkept = facts.text("mtactl.unkept")
        room = Self.room(facts.text("mtactl.room") ?? "")
        let files = facts.files.keys.compactMap(facts.file)
        found = Dictionary(files.map { ($0.realPath, $0) }) { first, _ in first }
    }

    /// Why the change cannot be made, or `nil`.
    func objection(to proposal: Proposal) -> Failure? {
        guard !proposal.edits.isEmpty, case .posix(let work) = proposal.work else { return nil }
        for file in work.files {
            let folder = file.path.prefix(through: file.path.lastIndex(of: "/") ?? file.path.startIndex)
            guard let path = [file.path, String(folder)].first(where: { closed.contains($0) }) else { continue }
            return .closed(path, user: user)
        }
        if let exposed = exposed(work) { return exposed }
        if let unkept { return .closed(unkept, user: user) }
        // Kept in addition to what is staged, the restore program and the journal.
        let needed = work.files.reduce(256 << 10) { $0 + 2 * $1.size } >> 10
        if let room, room < needed { return .noRoom(room, needed: needed) }
        return nil
    }

    /// Whoever can write to a file of a mail server's can redirect its mail, and the password with it, after we are gone.
    private func exposed(_ work: POSIXWork) -> Failure? {
        let open = work.files.first { found[$0.path]?.isOpenToAll == true }
        return open.map { .exposed($0.path) }
    }

    /// Files that other users than root can change, where these may be administrators: one sentence each.
    func notes(on proposal: Proposal) -> [String] {
        guard case .posix(let work) = proposal.work, user ?? 0 == 0 else { return [] }
        return work.files.compactMap { file in
            // A file of our own belongs to whom we gave it.
            guard let found = found[file.path], file.path.split(separator: "/").last?.contains("mtactl") == false,
                let why = found.exposure(but: Set(work.owners))
            else { return nil }
            return "`\(Printable.text(file.path))` can be changed by others than root (\(why)), so they can send mail, "
                + "and a login with it, elsewhere"
        }
    }

    /// From the free blocks and the bytes of each.
    private static func room(_ text: String) -> Int? {
        let numbers = text.split(separator: " ").map { Int($0) }
        guard numbers.count == 2, let blocks = numbers[0], let size = numbers[1] else { return nil }
        let (bytes, isTooMuch) = blocks.multipliedReportingOverflow(by: size)
        return isTooMuch ? nil : bytes >> 10
    }
}

extension FileChange {
    /// About how many bytes it is to hold.
    fileprivate var size: Int {
        guard case .file(let content, _, _, _) = wanted else { return 0 }
        return content.pieces.reduce(0) { sum, piece in
            switch piece {
            case .bytes(let bytes): sum + bytes.count
            case .secret: sum + 256
            case .kept(let range): sum + range.count
            case .copied(let copy): sum + copy.range.count
            }
        }
    }
}

extension Failure {
    fileprivate static func exposed(_ path: String) -> Failure {
        Failure(
            "any user can change `\(Printable.text(path))`, which is to be changed",
            hint: "`chown root` and `chmod go-w` make it safe, if nobody else needs to write to it"
        )
    }

    fileprivate static func closed(_ path: String, user: Int?) -> Failure {
        if let user, user != 0 {
            return Failure(
                "the login user \(user) is not root and cannot write to \(path)",
                hint: "set `become: sudo` or `become: doas` in the inventory, or log in as root"
            )
        }
        return Failure(
            "\(path) cannot be written, not even by root",
            hint:
                "`lsattr -d` shows whether it is immutable (`chattr -i` clears it), `findmnt -T` whether its file system is read-only"
        )
    }

    fileprivate static func noRoom(_ room: Int, needed: Int) -> Failure {
        Failure(
            "there is not enough space for the backup: \(room) KiB are free under /var/backups, and \(needed) are needed",
            hint: "free some space there, or remove old runs with `mtactl backups prune`"
        )
    }
}
