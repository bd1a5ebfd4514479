import MTAPlan

@testable import MailServers

extension Facts {
    /// What `postconf -x` prints of the main.cf that is there now, of what it printed before.
    mutating func askPostfixAgain(as before: Facts) throws {
        guard before.answers["postfix.values"] != nil else { return }
        let (old, new) = (try PostfixHost(before), try PostfixHost(self))
        let settings = PostfixSettings(new.main, found: old.main, printed: old.values)
        let lines = PostfixHost.values(in: before).keys.sorted().map { "\($0) = \(settings($0))\n" }
        answers["postfix.values"]?.output = Array(lines.joined().utf8)
    }
}
