/// What the system's ssh says until it has logged in, at `LogLevel DEBUG1`, and what that means.
///
/// Each host on the way, and the host itself, speaks in turn: a host begins when the one before it has accepted the
/// login.
/// What a server can make ssh say of it decides about the words of an error, and about nothing else.
/// Source of the lines: OpenSSH 9.2p1 (sshconnect.c, sshconnect2.c, kex.c).
package struct OpenSSHTranscript: Sendable, Equatable {
    /// How far the current host is.
    package enum Stage: Sendable, Equatable {
        case connecting
        case agreeingOnKeys
        case loggingIn
        /// The last host has accepted the login.
        case loggedIn
    }

    package private(set) var stage = Stage.connecting
    /// Which host of the way is being met.
    package private(set) var hop = 0
    /// What it said that is not ssh's account of its own doings: the last words before an error.
    private(set) var words: [String] = []
    private(set) var isConnected = false
    /// What the current host calls itself.
    package private(set) var identification: String?
    private(set) var noise: [String] = []
    private(set) var fingerprint = ""
    private(set) var offending: [String] = []
    private(set) var tried: [String] = []
    private(set) var omissions: [String] = []
    private(set) var accepted: [String] = []

    /// Whether the current host has let in nothing that was shown to it, and would take a password.
    package var wouldTakePassword: Bool {
        let methods = words.last { $0.contains("Permission denied (") } ?? ""
        return ["password", "keyboard-interactive"].contains { methods.contains($0) }
    }

    private let hops: Int
    private var line: [UInt8] = []

    /// `hops`: How many hosts there are on the way, with the last.
    package init(hops: Int) { self.hops = hops }

    private static let longestLine = 1000
    private static let mostWords = 20
    /// ssh writes line by line: a piece that is larger is the host's.
    private static let largestOwnPiece = 4096

    /// Takes in what came; returns what is not ssh's own, for whoever reads the host's errors.
    package mutating func append(_ bytes: [UInt8]) -> [UInt8] {
        if stage == .loggedIn, bytes.count > Self.largestOwnPiece {
            defer { line = [] }
            return line + bytes
        }
        var foreign: [UInt8] = []
        for byte in bytes {
            if line.count < Self.longestLine || byte == UInt8(ascii: "\n") { line.append(byte) }
            guard byte == UInt8(ascii: "\n") else { continue }
            let text = String(decoding: line.dropLast(), as: UTF8.self).filter { $0 != "\r" }
            if !read(text[...]) { foreign += line }
            line = []
        }
        // A line that cannot become one of ssh's need not be waited for: a prompt has no end.
        if stage == .loggedIn, !Self.mayBecomeOwn(line) {
            foreign += line
            line = []
        }
        return foreign
    }

    /// Nothing more comes.
    package mutating func end() -> [UInt8] { line.isEmpty ? [] : append([UInt8(ascii: "\n")]) }

    private static let own = ["debug1: ", "Authenticated to ", "Transferred: sent ", "Bytes per second: sent "]

    private static func mayBecomeOwn(_ line: [UInt8]) -> Bool {
        own.contains { line.starts(with: $0.utf8) || Array($0.utf8).starts(with: line) }
    }

    /// Reads a line; false where it is not ssh's own account.
    private mutating func read(_ text: Substring) -> Bool {
        if text.hasPrefix("debug1: ") {
            readAccount(text.dropFirst("debug1: ".count))
            return true
        }
        if text.hasPrefix("Authenticated to "), stage != .loggedIn {
            beginNextHop()
            return true
        }
        if Self.own.contains(where: text.hasPrefix) { return true }
        if text.hasPrefix("Offending "), offending.count < 32, let place = text.firstRange(of: " in ") {
            offending.append(String(text[place.upperBound...]))
        }
        if !text.isEmpty {
            if words.count == Self.mostWords { words.removeFirst() }
            words.append(String(text))
        }
        return false
    }

    private mutating func beginNextHop() {
        guard hop + 1 < hops else { return stage = .loggedIn }
        var next = OpenSSHTranscript(hops: hops)
        next.hop = hop + 1
        self = next
    }

    private mutating func readAccount(_ text: Substring) {
        func rest(_ start: String) -> String? { text.hasPrefix(start) ? String(text.dropFirst(start.count)) : nil }
        if text == "Connection established." {
            isConnected = true
            stage = .agreeingOnKeys
        } else if let version = rest("Remote protocol version ") {
            identification = version
            stage = .agreeingOnKeys
        } else if let line = rest("kex_exchange_identification: banner line ") {
            let words = line.split(separator: ":", maxSplits: 1)
            if words.count == 2, noise.count < 8 { noise.append(String(words[1].drop { $0 == " " })) }
        } else if let key = rest("Server host key: ") {
            fingerprint = key.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        } else if text == "SSH2_MSG_SERVICE_ACCEPT received" {
            stage = .loggingIn
        } else if let methods = rest("Authentications that can continue: ") {
            accepted = methods.split(separator: ",").map(String.init)
        } else if let key = rest("Offering public key: ") {
            if tried.count < 32 { tried.append(Self.key(key)) }
        } else if let method = rest("Next authentication method: ") {
            if let words = Self.passwordMethods[method] { tried.append(words) }
        } else if let key = rest("Trying private key: "), omissions.count < 32 {
            omissions.append("\(key): there is no such key, or it cannot be read")
        }
    }

    private static let passwordMethods = [
        "password": "the password", "keyboard-interactive": "the password (keyboard-interactive)",
    ]

    /// Where ssh had no password, none was tried, whatever it says.
    mutating func forgetPassword() { tried.removeAll { Self.passwordMethods.values.contains($0) } }

    /// `PATH TYPE FINGERPRINT [explicit] [agent]`.
    private static func key(_ text: String) -> String {
        var words = text.split(separator: " ")[...]
        let isAgents = words.last == "agent"
        while let last = words.last, ["agent", "explicit", "token", "authenticator"].contains(last) {
            words.removeLast()
        }
        let name = words.dropLast(2).joined(separator: " ")
        return isAgents && !name.hasPrefix("/") ? "the agent's key \(name)" : name
    }
}
