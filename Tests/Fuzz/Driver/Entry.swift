internal import FuzzParsers
internal import Glibc

// libFuzzer has the program's beginning, and calls these two: see https://llvm.org/docs/LibFuzzer.html.

/// Chooses the parser that `FUZZ_PARSER` names; without it, prints the names of all and ends.
@_cdecl("LLVMFuzzerInitialize")
@unsafe public func initialize(
    _ count: UnsafeMutablePointer<CInt>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>
) -> CInt {
    if Trial.parser == nil {
        print(Parser.all.map(\.name).joined(separator: "\n"))
        exit(0)
    }
    return 0
}

/// Tries one case.
@_cdecl("LLVMFuzzerTestOneInput")
@unsafe public func tryOut(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    Trial.run(unsafe Array(UnsafeBufferPointer(start: data, count: size)))
    return 0
}
