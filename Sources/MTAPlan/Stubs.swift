package struct RecognisedServer: Sendable, Hashable { package var name: String; package var version: String; package var isActive: Bool? }
package enum Recognition { package static func servers(in facts: Facts) -> [RecognisedServer] { [] } }
extension Facts { package var hostName: String { "" } }
package enum Frame: Sendable, Equatable { case line([String]); case body(name: String, bytes: [UInt8], status: Int) }
package struct FrameParser: Sendable {
    package init(nonce: String, limit: Int) {}
    package mutating func append(_ bytes: [UInt8]) throws(Failure) -> [Frame] { [] }
}
package enum FactsParser { package static func facts(from: [UInt8], nonce: String) throws(Failure) -> Facts { Facts() } }
