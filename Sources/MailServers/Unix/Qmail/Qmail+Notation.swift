package import MTAPlan

extension Qmail {
    package func notation(of path: String) -> Notation {
        let name = path.split(separator: "/").last ?? ""
        return name == "smtproutes" ? Notation(.routes) : .unknown
    }
}
