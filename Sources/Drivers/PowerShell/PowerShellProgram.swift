internal import MTAPlan

/// What is started on a Windows host, always by the same line.
package enum PowerShellProgram {
    /// The program that runs the calls of a document.
    package static let executor = PackageResources.executor_ps1
    /// For a person, and for the scheduled task: puts back what a run has changed.
    package static let restore = PackageResources.restore_ps1

    /// The end of each script that people run themselves: see `PowerShellScript`.
    static let script = PackageResources.script_ps1

    /// The line for the login shell.
    ///
    /// It holds only what cmd.exe, PowerShell and pwsh all leave as it is, and is far below the 8191 characters that
    /// cmd.exe takes (learn.microsoft.com, "Command prompt line string limitation").
    package static let commandLine =
        "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand \(encoded)"

    /// `-EncodedCommand` takes base64 of UTF-16, the low byte first (about_PowerShell_exe).
    private static let encoded: String = {
        let units = String(decoding: PackageResources.bootstrap_ps1, as: UTF8.self).utf16
        return String(decoding: Base64.bytes(units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }), as: UTF8.self)
    }()
}
