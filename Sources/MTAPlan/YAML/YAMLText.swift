import Yams

/// The text of a YAML file, after everything that can be found out without parsing.
struct YAMLText {
    /// Without byte order mark.
    let text: String
    let file: String
    /// The first byte that is not UTF-8, where those are replaced.
    let odd: Place?

    /// `leniently`: Bytes that are not UTF-8 are replaced.
    ///
    /// - Throws: When the bytes are too many, not UTF-8, or hold characters that YAML does not allow.
    init(_ bytes: [UInt8], file: String, leniently: Bool = false) throws(Complaint) {
        self.file = file
        let start = Place(file: file)
        let content = try Self.content(bytes, file: file)
        if let valid = String(validating: content, as: UTF8.self) {
            text = valid
            odd = nil
        } else {
            let place = Self.firstInvalid(content, file: file)
            guard leniently else { throw Complaint(place, "the file is not UTF-8", hint: "save it as UTF-8") }
            text = String(decoding: content, as: UTF8.self)
            odd = place
        }
        if let place = Self.firstForbidden(text, file: file) {
            throw Complaint(place, "a control character", hint: "remove it; in quotes it can be written as `\\x1b`")
        }
        guard !Self.hasExplosiveKeys(text) else {
            throw Complaint(start, "the aliases of this file expand to too much", hint: "use fewer aliases (`*`)")
        }
    }

    /// The bytes without a byte order mark.
    ///
    /// - Throws: When they are too many or UTF-16.
    static func content(_ bytes: [UInt8], file: String) throws(Complaint) -> ArraySlice<UInt8> {
        let start = Place(file: file)
        guard bytes.count <= YAMLReader.bytes else {
            throw Complaint(start, "the file has \(bytes.count) bytes, more than \(YAMLReader.bytes)")
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(4).contains(0) {
            throw Complaint(start, "the file is not UTF-8, it looks like UTF-16", hint: "save it as UTF-8")
        }
        return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    }

    /// The lines with their ends.
    ///
    /// `\n`, `\r\n` and `\r` end a line, as for libyaml.
    static func lines(_ text: String) -> [[Unicode.Scalar]] {
        var lines: [[Unicode.Scalar]] = [[]]
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if previous == "\n" || previous == "\r" && scalar != "\n" { lines.append([]) }
            lines[lines.count - 1].append(scalar)
            previous = scalar
        }
        return lines
    }

    private static func firstInvalid(_ bytes: ArraySlice<UInt8>, file: String) -> Place {
        var place = Place(file: file)
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            place = scalar == "\n" ? Place(file: file, line: place.line + 1) : place
            place.column += scalar == "\n" ? 0 : 1
        }
        return place
    }

    private static func firstForbidden(_ text: String, file: String) -> Place? {
        var place = Place(file: file)
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if previous == "\n" || previous == "\r" && scalar != "\n" {
                place = Place(file: file, line: place.line + 1)
            }
            if isForbidden(scalar) { return place }
            place.column += 1
            previous = scalar
        }
        return nil
    }

    /// What YAML does not allow, and the line separators that editors do not count as such but libyaml does.
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: false
        case 0...0x1F, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }
}
