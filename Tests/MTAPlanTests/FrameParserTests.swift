import MTAPlan
import Testing

@Suite("FrameParser")
struct FrameParserTests {
    private static let nonce = "5eed"
    private static let everything = Array(
        """
        Last login: never
        @5eee forged by a banner
        @5eed ready 1 0
        noise
        @5eed begin why of it
        two lines
        @5eed endless
        @5eed end x

        @5eed end 12
        @5eed begin empty

        @5eed end 0
        @5eed done open  two blanks
        @5eed begin cut
        and nothing more
        """.utf8
    )
    private static let frames: [Frame] = [
        .line(["ready", "1", "0"]),
        .body(name: "why of it", bytes: Array("two lines\n@5eed endless\n@5eed end x\n".utf8), status: 12),
        .body(name: "empty", bytes: [], status: 0),
        .line(["done", "open", "", "two", "blanks"]),
    ]

    private func frames(of chunks: [some Collection<UInt8>]) throws -> [Frame] {
        var parser = FrameParser(nonce: Self.nonce, limit: 1 << 20)
        return try chunks.flatMap { try parser.append($0) }
    }

    @Test func `lines and bodies are told from everything else`() throws {
        #expect(try frames(of: [Self.everything]) == Self.frames)
    }

    @Test func `however the bytes are split, the frames are the same`() throws {
        let bytes = Self.everything
        for cut in bytes.indices {
            #expect(try frames(of: [bytes[..<cut], bytes[cut...]]) == Self.frames)
        }
        for length in 1...40 {
            let chunks = stride(from: 0, to: bytes.count, by: length).map { bytes[$0..<min($0 + length, bytes.count)] }
            #expect(try frames(of: chunks) == Self.frames)
        }
    }

    @Test func `a body holds every byte but the last line break`() throws {
        let bytes = Array(UInt8.min...UInt8.max) + Array("\r\n@5ee end 0\n\n@5eed en\n@5eed end 0000\n".utf8)
        let printed = Array("@5eed begin bytes\n".utf8) + bytes + Array("\n@5eed end 7\n".utf8)

        #expect(try frames(of: printed.map { [$0] }) == [.body(name: "bytes", bytes: bytes, status: 7)])
    }

    @Test(arguments: 0..<64) func `bytes of any kind never crash it`(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let pieces = ["@5eed ", "begin ", "\n", "\n@5eed end ", "0", "999", "1000", "\u{0}", "@", "5eed", " "].map {
            Array($0.utf8)
        }
        let bytes = (0..<300).flatMap { _ in
            pieces.randomElement(using: &random) ?? []
        }
        let whole = try frames(of: [bytes])

        #expect(try frames(of: bytes.map { [$0] }) == whole)
    }

    @Test func `a host that does not stop talking is cut off`() throws {
        var parser = FrameParser(nonce: Self.nonce, limit: 100)
        _ = try parser.append(Array(repeating: UInt8(ascii: "x"), count: 100))

        #expect(throws: Failure.self) { try parser.append([0x0A]) }
    }

    @Test func `a line that does not end is cut off`() throws {
        var parser = FrameParser(nonce: Self.nonce, limit: .max)
        _ = try parser.append(Array("@5eed ".utf8))
        let failure = #expect(throws: Failure.self) {
            try parser.append(Array(repeating: UInt8(ascii: "x"), count: FrameParser.longestLine))
        }

        #expect(failure?.problem == "the host sent more than 64 KiB in one line")
    }

    @Test func `a body that does not end is cut off`() throws {
        var parser = FrameParser(nonce: Self.nonce, limit: .max)
        _ = try parser.append(Array("@5eed begin log\n".utf8))
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: FrameParser.longestBody / 16)
        let failure = #expect(throws: Failure.self) {
            for _ in 0...16 { _ = try parser.append(piece) }
        }

        #expect(failure?.problem == "the host sent more than 16 MiB as `log`")
    }

    @Test(arguments: [1, 1000, 2 << 20])
    func `what stands between frames without end is cut off, however it is split`(piece: Int) throws {
        var parser = FrameParser(nonce: Self.nonce, limit: .max)
        let bytes = [UInt8](repeating: UInt8(ascii: "y"), count: 1 << 20) + Array("\n@5eed bye\n".utf8)
        let failure = #expect(throws: Failure.self) {
            for start in stride(from: 0, to: bytes.count, by: piece) {
                _ = try parser.append(bytes[start..<min(start + piece, bytes.count)])
            }
        }

        #expect(failure?.problem == "the host sent more than 1 MiB that was not asked for")
    }

    @Test func `a long line of a banner is only skipped`() throws {
        let banner = Array(repeating: UInt8(ascii: "x"), count: FrameParser.longestLine * 3)
        #expect(try frames(of: [banner, Array("\n@5eed bye\n".utf8)]) == [.line(["bye"])])
    }
}

/// The same numbers for the same seed, so that a failing case can be run again.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
