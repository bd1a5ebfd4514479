/// Where something is in a file: `relay.yml:7:3`.
///
/// Lines and columns count from 1, columns in Unicode scalars.
package struct Place: Sendable, Hashable {
    package var file: String
    package var line: Int
    package var column: Int

    package init(file: String, line: Int = 1, column: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
    }
}

extension Place: CustomStringConvertible {
    package var description: String { "\(file):\(line):\(column)" }
}

extension Place: Comparable {
    package static func < (a: Place, b: Place) -> Bool {
        (a.file, a.line, a.column) < (b.file, b.line, b.column)
    }
}

/// Something that is wrong at a place, before it is put into words for the operator.
struct Complaint: Sendable, Hashable {
    var place: Place
    var problem: String
    var hint: String?

    init(_ place: Place, _ problem: String, hint: String? = nil) {
        self.place = place
        self.problem = problem
        self.hint = hint
    }

    var failure: Failure { Failure(problem, hint: hint, at: place.description) }
}

extension Failures {
    /// In the order of their places; what is said twice is kept once.
    init?(_ complaints: [Complaint]) {
        var seen: Set<Complaint> = []
        let sorted = complaints.enumerated()
            .sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
            .map(\.element)
            .filter { seen.insert($0).inserted }
        self.init(sorted.map(\.failure))
    }
}
