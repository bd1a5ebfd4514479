/// What is in `group_vars` and `host_vars`, next to the inventories and next to the playbook.
struct FileVariables {
    /// Of one folder: the variables of groups and hosts by their names.
    private struct Layer {
        var groups: [String: [HostVariables.Entry]] = [:]
        var hosts: [String: [HostVariables.Entry]] = [:]
    }

    private var inventories: [Layer] = []
    private var playbook = Layer()
    /// Files that are encrypted, by the group or host that they are for.
    private(set) var encrypted: [String: [Place]] = [:]

    init() {}

    /// Reads all that is there for the builder's hosts and groups; a folder that several sources share is read once.
    init(
        of folders: [String],
        playbook: String?,
        _ files: any InventoryFiles,
        _ builder: inout InventoryBuilder
    ) throws(Failure) {
        var known: [String: Layer] = [:]
        for folder in folders {
            if known[folder] == nil { known[folder] = try layer(of: folder, files, &builder) }
            if let layer = known[folder] { inventories.append(layer) }
        }
        guard let playbook else { return }
        if let layer = known[playbook] {
            self.playbook = layer
        } else {
            self.playbook = try layer(of: playbook, files, &builder)
        }
    }

    /// The variables of a host from the weakest to the strongest, those of `all` first.
    func groupLayers(_ groups: [String]) -> [[HostVariables.Entry]] {
        func of(_ names: ArraySlice<String>) -> [[HostVariables.Entry]] {
            inventories.flatMap { layer in names.compactMap { layer.groups[$0] } }
                + names.compactMap { playbook.groups[$0] }
        }
        return of(groups.prefix(1)) + of(groups.dropFirst())
    }

    func hostLayers(_ host: String) -> [[HostVariables.Entry]] {
        inventories.compactMap { $0.hosts[host] } + [playbook.hosts[host] ?? []]
    }

    private mutating func layer(
        of folder: String,
        _ files: any InventoryFiles,
        _ builder: inout InventoryBuilder
    ) throws(Failure) -> Layer {
        let found = try VariableFiles(in: folder, files)
        var layer = Layer()
        for name in builder.groupNames {
            for path in try found.paths(of: .groups, name) {
                do throws(Complaint) {
                    layer.groups[name, default: []] += try entries(of: path, for: name, files, &builder)
                } catch {
                    builder.complaints.append(error)
                }
            }
        }
        for name in builder.hostNames {
            for path in try found.paths(of: .hosts, name) {
                do throws(Complaint) {
                    layer.hosts[name, default: []] += try entries(of: path, for: name, files, &builder)
                } catch {
                    builder.hosts[name]?.problems.append(error)
                }
            }
        }
        return layer
    }

    private mutating func entries(
        of path: String,
        for name: String,
        _ files: any InventoryFiles,
        _ builder: inout InventoryBuilder
    ) throws(Complaint) -> [HostVariables.Entry] {
        let place = Place(file: path)
        let bytes: [UInt8]
        do throws(Failure) { bytes = try files.bytes(of: path) } catch {
            throw Complaint(place, error.problem, hint: error.hint)
        }
        guard !bytes.starts(with: InventoryBuilder.vaultMark) else {
            encrypted[name, default: []].append(place)
            builder.warn(
                place,
                "this file is encrypted with ansible-vault, so its variables are not known",
                hint: "use `command:` or `-K` for a password in it; keep other host variables outside it"
            )
            return []
        }
        let document = try YAMLReader.document(bytes, file: path, leniently: true)
        builder.warnings += document.complaints
        guard let root = document.root else { return [] }
        guard root.pairs != nil else { throw Complaint(root.place, "this file must be a mapping of variables") }
        return builder.kept(builder.entries(root, of: path))
    }
}
