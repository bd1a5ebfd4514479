/// What a site does by itself when nobody talks to it any more, and what it keeps.
package struct Guarantees: Sendable, Hashable, Codable {
    /// Whether a change that nobody confirms is put back by the site itself.
    package var revertsByItself: Bool
    /// Whether what was replaced is kept on the site, with a program that puts it back without mtactl.
    package var keepsBackups: Bool

    package init(revertsByItself: Bool = true, keepsBackups: Bool = true) {
        self.revertsByItself = revertsByItself
        self.keepsBackups = keepsBackups
    }

    /// What is missing, a sentence each, for plans and reports; none where nothing is.
    package var missing: [String] {
        (revertsByItself ? [] : ["if mtactl is cut off during the change, nothing on this site puts it back"])
            + (keepsBackups ? [] : ["no backup is kept on this site"])
    }
}
