import Foundation

/// A part of a document that tests write: `<!-- table: NAME -->` … `<!-- /table -->`.
struct MarkedSection {
    /// Relative to the project's folder.
    var file: String
    var name: String

    private var url: URL { URL(filePath: "\(Lab.root)\(file)") }

    func text() throws -> String {
        let text = try String(contentsOf: url, encoding: .utf8)
        return String(text[try place(in: text)])
    }

    func replace(with part: String) throws {
        var text = try String(contentsOf: url, encoding: .utf8)
        text.replaceSubrange(try place(in: text), with: part)
        try text.write(to: url, atomically: true, encoding: .utf8)
    }

    private func place(in text: String) throws -> Range<String.Index> {
        guard let begin = text.range(of: "<!-- table: \(name) -->\n"),
            let end = text.range(of: "<!-- /table -->", range: begin.upperBound..<text.endIndex)
        else { throw LabFailure(text: "\(file) has no <!-- table: \(name) --> that ends with <!-- /table -->") }
        return begin.upperBound..<end.lowerBound
    }
}
