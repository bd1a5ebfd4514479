extension String {
    /// The text in single quotes, in which PowerShell reads only `''` as anything else.
    ///
    /// Its typographic quotes end a text as `'` does (about_Quoting_Rules), so they are doubled too. Scalar by scalar: a
    /// quote with a combining mark behind it is one Character, and another one than a quote.
    package var powerShellQuoted: String {
        "'" + unicodeScalars.map { "'‘’‚‛".unicodeScalars.contains($0) ? "\($0)\($0)" : String($0) }.joined() + "'"
    }
}
