# Puts back what a run of mtactl has changed: run it in PowerShell on this host, as an administrator.
#
# It shows what it will do and asks first. With -Expired it does not ask: that is how the scheduled task of the run calls
# it, when mtactl did not come back. What it does is in undo.txt next to it, and is done by executor.ps1.
param([switch]$Expired)
$ErrorActionPreference = 'Stop'
$folder = [IO.Path]::GetDirectoryName($MyInvocation.MyCommand.Path)
$utf8 = New-Object Text.UTF8Encoding($false)
function Decode($text) { return $utf8.GetString([Convert]::FromBase64String($text)) }

$document = [IO.File]::ReadAllText([IO.Path]::Combine($folder, 'undo.txt'), $utf8)
$from = 'pending', 'confirmed', 'stranded'
if ($Expired) { $from = @('pending') }
$state = $null
foreach ($word in $from) { if ([IO.File]::Exists([IO.Path]::Combine($folder, 'state.' + $word))) { $state = $word } }
if (-not $state) { Write-Output 'There is nothing to put back.'; exit 1 }

if (-not $Expired) {
    foreach ($line in $document.Split("`n")) {
        $field = $line.Split("`t")
        if ($field[0] -eq 'call') { Write-Output $field[2] }
        if ($field[0] -eq 'arg' -and $field.Count -gt 3) {
            $shown = @(foreach ($item in $field[3].Split(',')) { if ($field[2] -eq 'text' -or $field[2] -eq 'list') { Decode $item } else { $item } })
            Write-Output ('    -' + $field[1] + ' ' + [string]::Join(', ', $shown))
        }
    }
    if ((Read-Host 'Do this? Type yes') -ne 'yes') { exit 1 }
}

# Whoever moves the file owns the run: mtactl and the scheduled task cannot both put it back.
[IO.File]::Move([IO.Path]::Combine($folder, 'state.' + $state), [IO.Path]::Combine($folder, 'state.restoring'))
if ($Expired) { $document = $document.Replace("shell`tauto", "shell`tsnapin") }
$end = 'stranded'
$text = ''
try {
    $program = [ScriptBlock]::Create([IO.File]::ReadAllText([IO.Path]::Combine($folder, 'executor.ps1'), $utf8))
    $frame = [string]@(& $program $document)[-1]
    $text = Decode ($frame.Substring($frame.LastIndexOf(':') + 1).TrimEnd('>'))
    if ($text -match "`nend`t") { $end = 'restored' }
    foreach ($line in $text.Split("`n")) {
        $field = $line.Split("`t")
        # What is gone already need not be removed.
        if ($field[0] -eq 'error' -and ((Decode $field[2]) + (Decode $field[3])) -notmatch 'ObjectNotFound') { $end = 'stranded' }
    }
} catch {
    $text = [string]$_.Exception.Message
}
[IO.File]::WriteAllText([IO.Path]::Combine($folder, 'state.restoring'), $text, $utf8)
[IO.File]::Move([IO.Path]::Combine($folder, 'state.restoring'), [IO.Path]::Combine($folder, 'state.' + $end))
if ($end -eq 'restored') {
    $root = [IO.Path]::GetDirectoryName([IO.Path]::GetDirectoryName($folder))
    $lock = [IO.Path]::Combine($root, 'lock')
    if ([IO.File]::Exists($lock)) {
        if ([IO.File]::ReadAllText($lock).Split("`t")[0] -eq [IO.Path]::GetFileName($folder)) { [IO.File]::Delete($lock) }
    }
}
Write-Output $end
