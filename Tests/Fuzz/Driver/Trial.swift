internal import CLibFuzzer
internal import FuzzParsers
internal import Glibc

enum Trial {
    static let parser: Parser? = {
        let name = unsafe getenv("FUZZ_PARSER").map { unsafe String(cString: $0) }
        return Parser.all.first { $0.name == name }
    }()

    /// Tries the laws, and ends the program where one does not hold: libFuzzer then keeps the bytes.
    static func run(_ bytes: [UInt8]) {
        guard let parser else { return }
        do { try parser.tryOut(bytes) } catch {
            unsafe fuzz_complain("\n\(parser.name): \(error)\nbytes: \(bytes)\n")
            abort()
        }
    }
}
