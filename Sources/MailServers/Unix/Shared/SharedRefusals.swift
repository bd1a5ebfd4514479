import MTAPlan

/// What several mail servers cannot do, refused in the same words.
extension Routes {
    /// For a server that does not route by sender: bounces take the default route, so the playbook has to say so.
    ///
    /// Nothing is wrong where the default route is direct, as bounces then are too.
    ///
    /// - Throws: Where bounces are to go direct and other mail is not.
    func checkBounces(on server: String) throws(Failure) {
        guard case .via(let smarthost) = defaultRoute, bounces == .direct else { return }
        throw Failure(
            "\(server) cannot send bounces by another route than other mail, which takes `\(smarthost.name)`",
            hint: "leave `bounces` out, or write `bounces: default`: they then go through the smarthost too"
        )
    }
}

extension Facts {
    /// Files that mail is given to a smarthost by: whoever can change one gets the mail, and the password with it.
    ///
    /// Of one with another owner or group the plan has a note: these may be administrators.
    ///
    /// - Throws: Where any user may write to one, or it is none.
    func checkRelied(on paths: some Sequence<String>) throws(Failure) {
        for path in paths {
            switch files[path] {
            case .unreadable(let why)? where why == "not a file": throw .unreadable(path, why)
            case .file(let file)? where file.isOpenToAll: throw .exposed(file.realPath, why: "anyone can write to it")
            default: break
            }
        }
    }

    /// A table of ours is written where a link leads, with its index next to it: the server reads the index next to the
    /// link.
    ///
    /// Where it is the folder that is a link, both are the same.
    ///
    /// - Throws: Where the index would be made where nothing reads it.
    func checkIndex(of path: String, suffix: String) throws(Failure) {
        guard let real = file(path)?.realPath, real != path else { return }
        let isBeside =
            indexes[path + suffix].map { $0.realPath == real + suffix }
            ?? (real.split(separator: "/").last == path.split(separator: "/").last)
        if !isBeside {
            throw Failure(
                "the table is a symlink to `\(real.escaped)`, and its index is read from the symlink's folder",
                hint: "replace the symlink with the file itself, or remove it: mtactl rewrites the table",
                at: path
            )
        }
    }
}

extension Failure {
    /// A file of the host's that is there and cannot be read.
    static func unreadable(_ path: String, _ why: String) -> Failure {
        Failure("\(path) cannot be read: \(why)", hint: "make it a file that root can read")
    }

    /// What users other than root can change: a line `PATH: WHY` of the facts.
    static func exposed(_ line: Substring) -> Failure {
        let parts = line.ranges(of: ": ").last.map { (line[..<$0.lowerBound], line[$0.upperBound...]) }
        let (path, why) = parts ?? (line, "")
        if why == "not a file" { return .unreadable(String(path).escaped, String(why)) }
        return .exposed(String(path), why: String(why).escaped)
    }

    static func exposed(_ path: String, why: String) -> Failure {
        Failure(
            "users other than root can change `\(path.escaped)`, which mtactl or the mail server relies on: \(why)",
            hint: "`chown root` and `chmod go-w` make it safe, if nobody else needs to write to it"
        )
    }

    /// A mark of ours without the other one, as half of an earlier attempt leaves it.
    static func unpairedMarks(at place: String) -> Failure {
        Failure(
            "the markers `# BEGIN mtactl` and `# END mtactl` are not in pairs",
            hint: "put the missing marker back, or remove the rest of the block",
            at: place
        )
    }

    /// The same in a file that the caller knows.
    static func unpairedMarks(line: Int) -> Failure {
        Failure(
            "line \(line): the markers `# BEGIN mtactl` and `# END mtactl` are not in pairs",
            hint: "put the missing marker back, or remove the rest of the block"
        )
    }

    /// In a file of which the program takes them for a part of values.
    static func carriageReturns(_ path: String) -> Failure {
        Failure(
            "its lines end in carriage returns, which the program takes for a part of each value",
            hint: "remove them with `sed -i 's/\\r$//' \(path)`",
            at: path
        )
    }

    static func localMail(_ server: String) -> Failure {
        Failure(
            "\(server) cannot send local mail through a smarthost, as it cannot exempt mail that comes back from there",
            hint: "write `local-domains: keep`; Exim can do this"
        )
    }

    static func returnPath(_ server: String) -> Failure {
        Failure(
            "\(server) cannot rewrite the return paths of chosen senders only",
            hint: "leave `rewrite-return-path` out for this host, or install Postfix or Exim on it"
        )
    }
}
