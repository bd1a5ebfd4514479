extension POSIXWork {
    /// What cannot be passed to a host: a path that is not whole, or anything that is not on one line.
    ///
    /// What a host says of itself can be anything, and its paths and names become words of calls, one line each.
    package var unsafeArgument: String? {
        let paths = files.map(\.path) + derived
        if let path = paths.first(where: { !$0.hasPrefix("/") }) { return path }
        if let name = settings.map(\.name).first(where: { $0.isEmpty || $0.hasPrefix("/") }) { return name }
        let staged = check.map { $0.files + $0.commands.flatMap(\.words) } ?? []
        let onReturn = afterRestore + start
        let commands =
            rebuild + reload + onReturn + health + expectations.map(\.command) + files.compactMap(\.index?.build)
            + settings.flatMap { [$0.read, $0.write.command] }
        let words =
            paths + settings.map(\.name) + (daemon.map { [$0.file, $0.name] } ?? []) + staged
            + commands.flatMap(\.words) + files.flatMap(\.attributeWords)
        return words.first { $0.utf8.contains { $0 == 0x0A || $0 == 0 } }
    }
}

extension FileChange {
    fileprivate var attributeWords: [String] {
        guard case .file(_, _, let owner, let group) = wanted else { return [] }
        return [owner, group] + (index.map { [$0.suffix] } ?? [])
    }
}
