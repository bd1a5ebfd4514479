$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
$lines = @($input)
try {
    if ($lines.Count -ne 2) { throw "mtactl: expected two lines on standard input, got $($lines.Count)" }
    $program = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($lines[0].Trim()))
    $document = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($lines[1].Trim()))
    [Console]::Out.WriteLine([string]@(& ([ScriptBlock]::Create($program)) $document)[-1])
    exit 0
} catch {
    $text = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes([string]$_.Exception.Message))
    [Console]::Out.WriteLine('<<MTACTL:fatal:' + $text + '>>')
    exit 1
}
