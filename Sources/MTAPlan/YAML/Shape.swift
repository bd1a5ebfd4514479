/// What may be at a place of a file: one description, from which files are checked and their JSON Schema is made.
package indirect enum Shape: Sendable {
    case text(TextForm)
    case choice([Word])
    case boolean
    case integer(ClosedRange<Int>)
    case list(of: Shape, atLeast: Int)
    case record(Record)
    /// A mapping whose keys are data, not settings.
    case table(keys: TextForm, values: Shape)
    /// Told apart by the kind of value: text, number, list, mapping.
    case either([Shape])
    case anything
    /// Nothing after the key.
    case null
    /// One of the schema's definitions: for shapes that hold themselves.
    case defined(String)

    package static func oneOrMore(_ shape: Shape) -> Shape { .either([shape, .list(of: shape, atLeast: 1)]) }

    package static func words(_ words: [String]) -> Shape { .choice(words.map { Word($0) }) }

    /// The words that an enumeration is made of.
    package static func words<Value: CaseIterable & RawRepresentable<String>>(of type: Value.Type) -> Shape {
        .words(type.allCases.map(\.rawValue))
    }
}

/// A word out of a few.
package struct Word: Sendable {
    var word: String
    /// What it means, if that is not plain.
    var note: String?

    package init(_ word: String, _ note: String? = nil) {
        self.word = word
        self.note = note
    }
}

/// A mapping with known keys.
package struct Record: Sendable {
    /// As in “is not a setting of …”: `a smarthost`.
    var noun: String
    var keys: [Key]
    var rules: [Rule]
    /// Whether other keys are ignored.
    var isOpen: Bool

    init(_ noun: String, _ keys: [Key], rules: [Rule] = [], isOpen: Bool = false) {
        self.noun = noun
        self.keys = keys
        self.rules = rules
        self.isOpen = isOpen
    }

    subscript(_ name: String) -> Key? { keys.first { $0.name == name } }

    /// What holds between keys.
    package enum Rule: Sendable {
        case notBoth(String, String)
        case oneOf([String])
    }
}

/// A key of a record.
package struct Key: Sendable {
    var name: String
    var note: String
    var shape: Shape
    var isRequired: Bool
    /// What holds where the key is absent, as it would be written.
    var fallback: String?

    package init(
        _ name: String,
        _ shape: Shape,
        _ note: String,
        isRequired: Bool = false,
        fallback: String? = nil
    ) {
        self.name = name
        self.shape = shape
        self.note = note
        self.isRequired = isRequired
        self.fallback = fallback
    }
}

/// A kind of text: how it is called, what it looks like, and what else is asked of it.
package struct TextForm: Sendable {
    /// As in “… wants …”: `a duration such as 90s`.
    var noun: String
    /// An ECMA 262 pattern that every right text matches.
    ///
    /// It may let more pass than `check` does.
    var pattern: String?
    /// Whether found text must not be shown.
    var isSecret: Bool
    var check: @Sendable (String) -> Fault?

    /// What is wrong with a text, and what would be right.
    struct Fault: Sendable, Hashable, Error {
        var problem: String
        var hint: String?
        /// Whether the text may hold a secret, so that messages name its key instead.
        var isConcealed: Bool

        init(_ problem: String, hint: String? = nil, isConcealed: Bool = false) {
            self.problem = problem
            self.hint = hint
            self.isConcealed = isConcealed
        }
    }

    init(
        _ noun: String,
        pattern: String? = nil,
        isSecret: Bool = false,
        check: @escaping @Sendable (String) -> Fault? = { _ in nil }
    ) {
        self.noun = noun
        self.pattern = pattern
        self.isSecret = isSecret
        self.check = check
    }

    /// A form whose check is a parser that throws.
    static func parsed<Value>(
        _ noun: String,
        pattern: String? = nil,
        isSecret: Bool = false,
        by parse: @escaping @Sendable (String) throws(Fault) -> Value
    ) -> TextForm {
        TextForm(noun, pattern: pattern, isSecret: isSecret) { text in
            do throws(Fault) {
                _ = try parse(text)
                return nil
            } catch {
                return error
            }
        }
    }

    /// One line of anything.
    package static func line(_ noun: String) -> TextForm { TextForm(noun, pattern: #"^\S(.*\S)?$"#) }

    /// What is wrong with the text, whatever its form.
    func fault(in text: String) -> Fault? {
        if text.isEmpty { return Fault("is empty", isConcealed: true) }
        if text.unicodeScalars.contains(where: Self.isControl) {
            return Fault("has a line break or control character in it", hint: "write it on one line", isConcealed: true)
        }
        if text.first == " " || text.last == " " { return Fault("begins or ends with a space", isConcealed: true) }
        return check(text)
    }

    /// Characters that end or garble a line of somebody's configuration file.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}
