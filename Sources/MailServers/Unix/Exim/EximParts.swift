import MTAPlan

/// Our own files in Debian's conf.d, by names that sort where the blocks belong.
///
/// Source: update-exim4.conf(8) takes names of letters, digits, `_` and `-` in the order of their bytes.
struct EximParts: Sendable {
    let host: EximHost

    /// The usual name, or another one where somebody else's file would come first or between.
    func path(
        _ section: EximEditor.Section,
        before driver: EximStructure.Driver?,
        isLast: Bool = false
    ) throws(Failure) -> String {
        guard let header = host.structure.beginning(of: section.rawValue)?.place.file else {
            throw .noSection(section.rawValue, "\(host.folder)/conf.d")
        }
        let folder = "\(host.folder)/conf.d/\(section.part)"
        if isLast {
            let path = "\(folder)/99_mtactl"
            let last = host.sources.map(\.path).filter { $0.hasPrefix("\(folder)/") && $0 != path }.max() ?? ""
            guard last < path else { throw .noLastName(last) }
            return path
        }
        let next = driver?.start.place.file ?? "\(folder)/zzz"
        let usual = "\(folder)/\(section.usualName)"
        if header < usual, usual < next { return usual }
        // Just before the file: `180_vendor` → `179_mtactl`.
        let name = next.split(separator: "/").last ?? ""
        let digits = name.prefix { $0.isASCII && $0.isNumber }
        if let number = Int(digits), number > 0 {
            let path = "\(folder)/\(String(number - 1).padded(to: digits.count))_mtactl"
            if header < path, path < next { return path }
        }
        throw .noName(next)
    }
}

extension EximEditor.Section {
    fileprivate var part: String {
        switch self {
        case .routers: "router"
        case .transports: "transport"
        case .authenticators: "auth"
        }
    }

    /// Behind conf.d/transport/10_exim4-config_transport-macros.
    fileprivate var usualName: String {
        switch self {
        case .routers: "199_mtactl"
        case .transports: "29_mtactl"
        case .authenticators: "10_mtactl"
        }
    }
}

extension String {
    fileprivate func padded(to count: Int) -> String {
        String(repeating: "0", count: max(0, count - self.count)) + self
    }
}

extension Failure {
    fileprivate static func noLastName(_ path: String) -> Failure {
        Failure(
            "mtactl's transports have to come after \(path), as they use macros that are defined there",
            hint: "rename it so that it begins with a number below 99"
        )
    }
    fileprivate static func noName(_ path: String) -> Failure {
        Failure(
            "no file name would sort before \(path)",
            hint: "rename it so that it begins with a number above 000, as Debian's own files do"
        )
    }
}
