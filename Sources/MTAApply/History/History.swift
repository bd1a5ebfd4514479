internal import Foundation
internal import GRDB
package import MTAPlan
internal import Synchronization
internal import SystemPackage

/// The commands that changed hosts from this machine, and how each ended: an SQLite file that several mtactl may use at once.
///
/// It tells what was done; how a host is put back is kept on the host alone.
package final class History: Sendable {
    /// Commands that are kept; older ones are removed.
    package static let most = 200
    private let database: DatabaseQueue
    private let path: String

    /// Opens the file, or creates it, readable by its owner alone.
    ///
    /// - Throws: Where it cannot be opened, is no database, or was written by a newer mtactl.
    package init(path: String) throws(Failure) {
        self.path = path
        var configuration = Configuration()
        // Another mtactl may be writing.
        configuration.busyMode = .timeout(5)
        do {
            try Self.makeFile(path)
            database = try DatabaseQueue(path: path, configuration: configuration)
            if try database.read(Self.version) != Self.latest { try database.write(Self.makeTables) }
        } catch {
            throw Self.failure(error, at: path)
        }
    }

    private enum HistoryError: Error { case newer }

    /// Makes an empty file that its owner alone can read, where there is none: SQLite gives its journal the same permissions.
    ///
    /// Another mtactl may do so at the same time, and write first; what it wrote stays.
    private static func makeFile(_ path: String) throws {
        try making.withLock { _ in
            guard !FileManager.default.fileExists(atPath: path) else { return }
            try FileDescriptor.open(
                FilePath(path),
                .writeOnly,
                options: [.create, .closeOnExec],
                permissions: .ownerReadWrite
            ).close()
        }
    }

    /// Closing a file ends all locks that the process has on it, those of SQLite's connections too: fcntl(2).
    private static let making = Mutex(())

    /// The version of the tables below.
    private static let latest = 1

    private static func version(of database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }

    /// In one transaction, as several mtactl may do so at once.
    ///
    /// GRDB's migrator looks which migrations were applied before it waits for whoever applies them (7.10), and fails then.
    private static func makeTables(_ database: Database) throws {
        let found = try version(of: database)
        guard found <= latest else { throw HistoryError.newer }
        guard found < latest else { return }
        try database.create(table: "command", options: .ifNotExists) { table in
            table.autoIncrementedPrimaryKey("number")
            table.column("name", .text).notNull()
            table.column("run", .text).indexed()
            table.column("startedBy", .text).notNull()
            table.column("started", .text).notNull()
            table.column("ended", .text)
            table.column("exit", .integer)
            table.column("aborted", .text)
            table.column("lostOutput", .text)
        }
        try database.create(table: "site", options: .ifNotExists) { table in
            table.column("command", .integer).notNull().indexed().references("command", onDelete: .cascade)
            table.column("host", .text).notNull()
            table.column("outcome", .text).notNull()
            table.column("record", .text).notNull()
        }
        try database.execute(sql: "PRAGMA user_version = \(latest)")
    }

    private static func failure(_ error: any Error, at path: String) -> Failure {
        switch error {
        case HistoryError.newer: Failure("it was written by a newer mtactl", hint: "use that one", at: path)
        case let error as DatabaseError:
            Failure("the history cannot be used: \(error.message ?? "\(error.resultCode)")", at: path)
        default: Failure("the history cannot be used: \(error.localizedDescription)", at: path)
        }
    }

    private func write<Value: Sendable>(_ body: (Database) throws -> Value) throws(Failure) -> Value {
        do { return try database.write(body) } catch { throw Self.failure(error, at: path) }
    }

    private func read<Value: Sendable>(_ body: (Database) throws -> Value) throws(Failure) -> Value {
        do { return try database.read(body) } catch { throw Self.failure(error, at: path) }
    }
}

extension History {
    /// Records that a command starts to change hosts.
    ///
    /// `time`: RFC 3339, UTC.
    ///
    /// - Returns: The command's number.
    package func begin(_ name: String, run: String?, by person: String, at time: String) throws(Failure) -> Int64 {
        try write { database in
            try database.execute(
                sql: "INSERT INTO command (name, run, startedBy, started) VALUES (?, ?, ?, ?)",
                arguments: [name, run, person, time]
            )
            let number = database.lastInsertedRowID
            try database.execute(sql: "DELETE FROM command WHERE number <= ?", arguments: [number - Int64(Self.most)])
            return number
        }
    }

    /// Records how a command ended.
    ///
    /// `lostOutput`: Why its report could not be printed, where it could not.
    package func end(
        _ number: Int64,
        _ record: RunRecord,
        lostOutput: String?,
        at time: String
    ) throws(Failure) {
        try write { database in
            try database.execute(
                sql: "UPDATE command SET run = ?, ended = ?, exit = ?, aborted = ?, lostOutput = ? WHERE number = ?",
                arguments: [record.run, time, record.exit, record.aborted.map(Self.text), lostOutput, number]
            )
            let insert = try database.makeStatement(
                sql: "INSERT INTO site (command, host, outcome, record) VALUES (?, ?, ?, ?)"
            )
            for site in record.sites {
                try insert.execute(arguments: [number, site.host, site.outcome.rawValue, Self.text(site)])
            }
        }
    }

    /// All commands, the newest last.
    package func entries() throws(Failure) -> [HistoryEntry] {
        try read { database in
            let counts = try Row.fetchAll(
                database,
                sql: "SELECT command, outcome, count(*) AS count FROM site GROUP BY command, outcome"
            )
            let outcomes = Dictionary(grouping: counts) { row -> Int64 in row["command"] }
            return try Row.fetchAll(database, sql: "SELECT * FROM command ORDER BY number").map { row in
                let rows = outcomes[row["number"]] ?? []
                return try Self.entry(
                    row,
                    outcomes: rows.reduce(into: [:]) { counts, row in
                        if let outcome = Outcome(rawValue: row["outcome"]) { counts[outcome] = row["count"] }
                    }
                )
            }
        }
    }

    /// What the commands of a run did, the newest last: its apply, what resumed it, what rolled it back; none where it is not known.
    package func records(of run: String) throws(Failure) -> [(entry: HistoryEntry, record: RunRecord)] {
        let entries = try entries().filter { $0.run == run }
        return try entries.map { entry throws(Failure) in
            let sites = try read { database in
                try String.fetchAll(
                    database,
                    sql: "SELECT record FROM site WHERE command = ? ORDER BY rowid",
                    arguments: [entry.number]
                )
                .map { try JSONDecoder().decode(SiteRecord.self, from: Data($0.utf8)) }
            }
            let record = RunRecord(
                run: entry.run,
                sites: sites,
                aborted: entry.end?.aborted,
                exit: entry.end?.exit ?? 0
            )
            return (entry, record)
        }
    }

    private static func entry(_ row: Row, outcomes: [Outcome: Int]) throws -> HistoryEntry {
        let aborted: String? = row["aborted"]
        let ended: String? = row["ended"]
        return HistoryEntry(
            number: row["number"],
            name: row["name"],
            run: row["run"],
            startedBy: row["startedBy"],
            started: row["started"],
            end: try ended.map { ended in
                HistoryEntry.End(
                    time: ended,
                    outcomes: outcomes,
                    exit: row["exit"],
                    aborted: try aborted.map { try JSONDecoder().decode(Failure.self, from: Data($0.utf8)) },
                    lostOutput: row["lostOutput"]
                )
            }
        )
    }

    private static func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}
