/// Does something for each item, at most so many at a time.
package enum SideBySide {
    /// The results in the order of the items.
    ///
    /// No more items are started once `mayContinue` is false.
    ///
    /// `executor`: Where an item's task runs, if not on the pool that all tasks share.
    ///
    /// - Returns: `nil` for each item that was not started.
    package static func map<Item: Sendable, Result: Sendable>(
        _ items: [Item],
        atOnce limit: Int,
        while mayContinue: @escaping @Sendable () -> Bool = { true },
        on executor: (Item) -> (any TaskExecutor)? = { _ in nil },
        _ transform: @escaping @Sendable (Item) async -> Result
    ) async -> [Result?] {
        await withTaskGroup(of: (Int, Result).self) { group in
            var results = [Result?](repeating: nil, count: items.count)
            var begun = 0
            func beginNext() {
                guard begun < items.count, mayContinue() else { return }
                let index = begun
                begun += 1
                group.addTask(executorPreference: executor(items[index])) { (index, await transform(items[index])) }
            }
            for _ in 0..<max(1, limit) { beginNext() }
            while let (index, result) = await group.next() {
                results[index] = result
                beginNext()
            }
            return results
        }
    }
}
