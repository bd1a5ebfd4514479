/// Names of hosts as people read them: `mx[01:40].example.net, web3`, in the notation of an inventory.
///
/// Nothing is lost: an inventory made from it has the same hosts.
package enum HostRanges {
    /// Each item is a name or a range, in the order of the first name that it stands for.
    package static func items(_ names: [String]) -> [String] {
        let names = names.reduce(into: (seen: Set<String>(), all: [String]())) { found, name in
            if found.seen.insert(name).inserted { found.all.append(name) }
        }.all
        let frames = names.map(Frame.all)
        let sizes = frames.joined().reduce(into: [Frame.Key: Int]()) { $0[$1.key, default: 0] += 1 }
        var groups: [Frame.Key: [Frame]] = [:]
        // A name with several numbers counts along the one in which most others differ.
        let chosen = frames.map { own in own.max { (sizes[$0.key] ?? 0) < (sizes[$1.key] ?? 0) } }
        for case let frame? in chosen { groups[frame.key, default: []].append(frame) }
        var told: Set<Frame.Key> = []
        return zip(names, chosen).flatMap { name, frame -> [String] in
            guard let frame else { return [name] }
            guard told.insert(frame.key).inserted else { return [] }
            return runs(of: groups[frame.key] ?? [])
        }
    }

    /// The items, no more than `most` of them; the rest is counted.
    package static func words(_ names: [String], most: Int = 8) -> String {
        let items = items(names)
        if items.count <= most { return items.joined(separator: ", ") }
        return items.prefix(most).joined(separator: ", ") + " and \(items.count - most) more"
    }

    private static func runs(of frames: [Frame]) -> [String] {
        var runs: [[Frame]] = []
        for frame in frames.sorted(by: { ($0.digits.count, $0.number) < ($1.digits.count, $1.number) }) {
            if let last = runs.last?.last, last.isFollowed(by: frame) {
                runs[runs.count - 1].append(frame)
            } else {
                runs.append([frame])
            }
        }
        return runs.flatMap { run -> [String] in
            guard run.count > 2, let first = run.first, let last = run.last else { return run.map(\.name) }
            return ["\(first.key.before)[\(first.digits):\(last.digits)]\(first.key.after)"]
        }
    }

    /// A name with one of its numbers removed.
    private struct Frame {
        struct Key: Hashable {
            let before: Substring
            let after: Substring
        }

        let key: Key
        let digits: Substring

        var number: Int { Int(digits) ?? 0 }
        var name: String { "\(key.before)\(digits)\(key.after)" }

        /// Of numbers of the same width, or of those that grow by a digit and begin with no zero.
        func isFollowed(by next: Frame) -> Bool {
            number + 1 == next.number
                && (digits.count == next.digits.count || (digits.first != "0" && next.digits.first != "0"))
        }

        /// One for each number in a name; longer ones than any host has are left alone.
        static func all(of name: String) -> [Frame] {
            // A bracket or colon in a name would be read as part of a range.
            if name.contains(where: { "[]:".contains($0) }) { return [] }
            return name.matches(of: /[0-9]{1,9}/).map { match in
                Frame(
                    key: Key(before: name[..<match.range.lowerBound], after: name[match.range.upperBound...]),
                    digits: match.output
                )
            }
        }
    }
}
