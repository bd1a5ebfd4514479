import Drivers
import Foundation
import MTAPlan
import MailServers

/// Finds and reads what an inventory is made of.
struct InventoryReader {
    /// What the operator should be told.
    private(set) var notes: [String] = []
    private(set) var warnings: [Failure] = []
    /// Read in place of the ansible.cfg that Ansible would find.
    var configurationFile: String?
    private let environment = ProcessInfo.processInfo.environment
    private var files = DiskFiles()

    /// - Throws: `Failure` or `Failures`.
    mutating func inventory(
        _ options: InventoryOptions,
        _ login: LoginOptions?,
        playbookFolder: String?
    ) async throws -> Inventory {
        let configuration = try configuration()
        var sources: [InventorySource] = []
        for path in try paths(options, configuration) { sources.append(try await source(path)) }
        if playbookFolder == nil { noteVariables(beside: sources) }
        return try Inventory.load(
            sources,
            files: files,
            playbookFolder: playbookFolder,
            defaults: HostDefaults(
                user: login?.user,
                connectTimeout: login?.connectTimeout,
                asksPassword: login?.askPassword == true,
                asksBecomePassword: login?.askBecomePassword == true,
                configuration: configuration
            ),
            in: Catalog.language
        )
    }

    /// What `-i` names, else `MTACTL_INVENTORY`, else `Inventory` in the current folder, else what Ansible would read.
    private mutating func paths(_ options: InventoryOptions, _ configuration: AnsibleConfiguration?) throws -> [String]
    {
        if !options.inventory.isEmpty { return options.inventory }
        if let path = environment["MTACTL_INVENTORY"], !path.isEmpty { return [path] }
        if FileManager.default.fileExists(atPath: "Inventory") {
            if let reason = FolderTrust.untrustedReason(".") {
                throw Failure.notUsedAutomatically(FileManager.default.currentDirectoryPath, reason).at("Inventory")
            }
            files.onlyOurs = true
            return ["Inventory"]
        }
        if let text = environment["ANSIBLE_INVENTORY"], !text.isEmpty {
            return text.split(separator: ",").map(String.init)
        }
        if let paths = configuration?.inventories, !paths.isEmpty { return paths }
        throw Failure(
            "there is no inventory here",
            hint: "name one with -i: a file, a folder, or `HOST,`; `mtactl schema inventory` prints the format",
            at: "Inventory"
        )
    }

    /// The first of ansible.cfg's places where there is one, as for Ansible.
    private mutating func configuration() throws -> AnsibleConfiguration? {
        let named = environment["ANSIBLE_CONFIG"].map { DiskFiles.isFolder($0) ? "\($0)/ansible.cfg" : $0 }
        let usual = [named, "ansible.cfg", HomeFolder.expanded("~/.ansible.cfg"), "/etc/ansible/ansible.cfg"]
        let places = configurationFile.map { [$0] } ?? usual.compactMap(\.self)
        for path in places where FileManager.default.fileExists(atPath: path) {
            if path == "ansible.cfg", let reason = FolderTrust.untrustedReason(".") ?? FolderTrust.untrustedReason(path)
            {
                warnings.append(Failure("this file is not read, since \(reason)", at: path))
                continue
            }
            let configuration = try AnsibleConfiguration(try files.bytes(of: path), file: path)
            let names = configuration.names.filter { $0 != "inventory" }
            if !names.isEmpty {
                let verb = names.count == 1 ? "is used" : "are used"
                notes.append("\(path): \(names.joined(separator: ", ")) \(verb) where the inventory gives no value")
            }
            return configuration
        }
        return nil
    }

    /// Ansible reads these with a playbook only, and so does mtactl.
    private mutating func noteVariables(beside sources: [InventorySource]) {
        guard !sources.contains(where: { $0.folder == "" }) else { return }
        for name in ["group_vars", "host_vars"] where DiskFiles.isFolder(name) {
            warnings.append(
                Failure("not read without a playbook", hint: "add `--playbook-dir .`", at: "\(name) in this folder")
            )
        }
    }

    private func source(_ word: String) async throws -> InventorySource {
        let path = HomeFolder.expanded(word)
        guard FileManager.default.fileExists(atPath: path) else {
            if word.contains(",") {
                return InventorySource(folder: nil, parts: [.init(path: word, content: .names(word))])
            }
            throw Failure(
                "there is no such file or folder",
                hint: "a list of hosts needs a comma: `-i \(word.shellQuoted),`",
                at: word
            )
        }
        let isFolder = DiskFiles.isFolder(path)
        let folder = isFolder ? path : Files.folder(of: path)
        var parts: [InventorySource.Part] = []
        for file in isFolder ? try names(in: path, depth: 0) : [path] {
            parts.append(.init(path: file, content: try await content(file)))
        }
        return InventorySource(folder: folder == "." ? "" : folder, parts: parts, name: isFolder ? path : nil)
    }

    /// The files of a folder and the folders in it, in the order of their names.
    private func names(in folder: String, depth: Int) throws -> [String] {
        guard depth < 20 else {
            throw Failure(
                "folders are nested too deeply here",
                hint: "a symlink may point to a folder above itself",
                at: folder
            )
        }
        let entries = try files.entries(of: folder) ?? [:]
        let names = entries.filter { InventorySource.isRead($0.key) }
            .sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
        return try names.flatMap { name, isFolder in
            let path = folder == "." ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            return isFolder ? try self.names(in: path, depth: depth + 1) : [path]
        }
    }

    private func content(_ path: String) async throws -> InventorySource.Input {
        let bytes = try files.bytes(of: path)
        guard InventoryProgram.isOne(path, bytes) else { return .file(bytes) }
        return .program(try await InventoryProgram(path: path).output())
    }
}
