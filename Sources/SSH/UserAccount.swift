internal import Glibc

/// A user of this machine, as its password database has them: what ssh goes by, whatever `HOME` and `USER` say.
package struct UserAccount: Sendable, Equatable {
    package var name: String
    package var home: String
    package var id: UInt32

    package init(name: String, home: String, id: UInt32) {
        self.name = name
        self.home = home
        self.id = id
    }

    /// Who runs this process.
    package static let current: UserAccount = {
        let id = getuid()
        return unsafe found { unsafe getpwuid_r(id, $0, $1, $2, $3) }
            ?? UserAccount(
                name: "\(id)",
                home: unsafe getenv("HOME").map { unsafe String(cString: $0) } ?? "/",
                id: id
            )
    }()

    package static func named(_ name: String) -> UserAccount? {
        unsafe found { unsafe getpwnam_r(name, $0, $1, $2, $3) }
    }

    /// `~` and `~user` at the front are that user's home.
    package static func expanded(_ path: String) -> String {
        guard path.hasPrefix("~") else { return path }
        let name = path.dropFirst().prefix { $0 != "/" }
        guard let account = name.isEmpty ? current : named(String(name)) else { return path }
        return account.home + path.dropFirst(name.count + 1)
    }

    /// A file in `~/.ssh`.
    package static func ownFile(_ name: String) -> String { "\(current.home)/.ssh/\(name)" }

    private static func found(
        _ look: (
            UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
        ) -> Int32
    ) -> UserAccount? {
        var entry = unsafe passwd()
        var result: UnsafeMutablePointer<passwd>?
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 16) { space in
            guard let start = space.baseAddress, unsafe look(&entry, start, space.count, &result) == 0,
                unsafe result != nil
            else { return nil }
            return unsafe UserAccount(
                name: String(cString: entry.pw_name),
                home: String(cString: entry.pw_dir),
                id: entry.pw_uid
            )
        }
    }
}

package enum Machine {
    /// This machine's own name, with its domain where it has one.
    package static let name: String = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { space in
        guard let start = space.baseAddress, unsafe gethostname(start, space.count - 1) == 0 else {
            return "localhost"
        }
        return unsafe String(cString: start)
    }
}
