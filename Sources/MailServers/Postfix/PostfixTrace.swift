import MTAPlan

struct PostfixTrace: Tracer {
    let messageID: String
    mutating func next(after lines: [String]) -> TraceStep {
        .watch(Watch(containing: [messageID], until: [[messageID]]))
    }
}
