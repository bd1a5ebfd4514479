/// What a site does by itself when nobody talks to it any more, and what it keeps.
package struct Guarantees: Sendable, Hashable, Codable {
    /// Whether a change that nobody confirms is put back by the site itself.
    package var revertsByItself: Bool
    /// Whether what was replaced is kept on the site, with a program that puts it back without mtactl.
    package var keepsBackups: Bool

    /// What there is in place of a guarantee that is missing, as a sentence; `nil` where there is nothing.
    package var instead: String?

    package init(revertsByItself: Bool = true, keepsBackups: Bool = true, instead: String? = nil) {
        self.revertsByItself = revertsByItself
        self.keepsBackups = keepsBackups
        self.instead = instead
    }

    /// What is missing, a sentence each, for plans and reports; none where nothing is.
    package var missing: [String] {
        (revertsByItself ? [] : ["if mtactl is cut off during the change, nothing on this site puts it back"])
            + (keepsBackups ? [] : ["no backup is kept on this site"]) + [instead].compactMap(\.self)
    }
}
