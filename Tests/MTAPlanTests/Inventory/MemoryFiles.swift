import MailServers

@testable import MTAPlan

/// Files that are nowhere but here.
struct MemoryFiles: InventoryFiles {
    var files: [String: String]

    func entries(of folder: String) -> [String: Bool]? {
        let paths = files.keys.filter { $0.hasPrefix("\(folder)/") }.map { $0.dropFirst(folder.count + 1) }
        guard !paths.isEmpty else { return nil }
        return Dictionary(paths.map { (String($0.prefix { $0 != "/" }), $0.contains("/")) }) { $0 || $1 }
    }

    func bytes(of file: String) throws(Failure) -> [UInt8] {
        guard let text = files[file] else { throw Failure("there is no such file", at: file) }
        return Array(text.utf8)
    }
}

/// An inventory of one YAML or INI file.
func inventory(_ text: String, _ name: String = "hosts.yml") throws(Failures) -> Inventory {
    try inventory(["\(name)": text], from: [name])
}

/// An inventory of files; those that are its sources are named, in their order.
func inventory(
    _ files: [String: String],
    from sources: [String],
    playbookFolder: String? = nil,
    defaults: HostDefaults = HostDefaults()
) throws(Failures) -> Inventory {
    let sources = sources.map { name in
        let folder = name.contains("/") ? String(name.prefix { $0 != "/" }) : ""
        return InventorySource(
            folder: folder,
            parts: [.init(path: name, content: .file(Array((files[name] ?? "").utf8)))]
        )
    }
    return try Inventory.load(
        sources,
        files: MemoryFiles(files: files),
        playbookFolder: playbookFolder,
        defaults: defaults,
        in: Catalog.language
    )
}

/// An inventory of what a program prints.
func inventory(printed text: String, answers: [String: String] = [:]) throws -> Inventory {
    var output = try ProgramOutput(Array(text.utf8), program: "program")
    for (host, answer) in answers { try output.answer(host, Array(answer.utf8), program: "program") }
    return try Inventory.load(
        [InventorySource(folder: "", parts: [.init(path: "program", content: .program(output))])],
        in: Catalog.language
    )
}

func inventoryFaults(_ text: String, _ name: String = "hosts.yml") -> [String] {
    do throws(Failures) {
        _ = try inventory(text, name)
        return []
    } catch {
        return error.all.map(shown)
    }
}

extension Inventory {
    var names: [String] { hosts.map(\.name) }
    func port(_ host: String) -> Int? { self.host(host)?.connection.port }
    func user(_ host: String) -> String? { self.host(host)?.connection.user }
}
