# From here on it is the same in every script of mtactl.
#
# Values are compared as mtactl compares them, read from the answer that is sent back. Where this is in doubt nothing is
# changed, or what was changed is put back. The language is PowerShell 2.0's.
$folder = [IO.Path]::GetDirectoryName($MyInvocation.MyCommand.Path)
$kept = [IO.Path]::Combine($folder, $file + '.kept')
$earlier = ''
$passwords = @{}
$troubles = @{}
$trouble = ''
$stopped = $false
$count = 0
$token = [Guid]::NewGuid().ToString('N').Substring(0, 8)
$date = [DateTime]::UtcNow.ToString('ddd, dd MMM yyyy HH:mm:ss') + ' +0000'

# Asks for a password, once. It is kept nowhere, and Exchange would take an empty one for none.
function Login($user, $name) {
    if (-not $passwords[$name]) {
        $password = Read-Host -Prompt ('Password of ' + $user + ' (' + $name + ')') -AsSecureString
        if ($password.Length -eq 0 -or $password.Length -gt 256) { throw 'mtactl: a password has 1 to 256 characters' }
        $passwords[$name] = New-Object Management.Automation.PSCredential($user, $password)
    }
    return $passwords[$name]
}

# A text with what is new in each test message.
function Filled($text) {
    return $text.Replace('{TOKEN}', $token).Replace('{DATE}', $date).Replace("`r`n", "`n").Replace("`n", "`r`n")
}

# Runs one call and writes down what resulted from it. Once a call has failed that must not, no other is run.
function Call($id, $need, $work, $told) {
    $script:count = $count + 1
    if ($stopped) { Say 'call', $id, 'skipped'; return }
    try {
        $found = @(& $work)
        Say 'call', $id, 'ok'
        foreach ($object in $found) {
            if ($null -eq $object) { continue }
            Say @('object')
            if (-not $told) { continue }
            foreach ($name in $told) {
                $property = $object.PSObject.Properties[$name]
                if ($null -eq $property) { Say 'prop', $name, 'absent' } else { Property $name $property.Value }
            }
        }
    } catch {
        $kind = [string]$_.FullyQualifiedErrorId + ' ' + $_.CategoryInfo.Category
        Say 'call', $id, 'failed'
        Say 'error', (Encode $_.Exception.Message), (Encode $_.FullyQualifiedErrorId), (Encode $_.CategoryInfo.Category)
        $troubles[$id] = @($_.Exception.Message, $kind)
        if ($need -eq 'must') { $script:stopped = $true; $script:trouble = $id + ': ' + $_.Exception.Message }
    }
}

# The transport service of a server, here or elsewhere.
function RestartTransport($server) {
    if ($server -eq $env:COMPUTERNAME) {
        & $natives['service.restart'] @{ Name = 'MSExchangeTransport'; Seconds = 120 }
        return
    }
    $service = Get-Service -Name 'MSExchangeTransport' -ComputerName $server
    Restart-Service -InputObject $service -Force
    $service.WaitForStatus('Running', [TimeSpan]::FromSeconds(120))
}

# What a call has answered: tables of texts, read from the answer itself. Of calls of one name the last counts.
function Objects($id) {
    $objects = @()
    $isMeant = $false
    foreach ($line in ($earlier + $answer.ToString()).Split("`n")) {
        $field = $line.Split("`t")
        if ($field[0] -eq 'call') {
            $isMeant = $field[1] -eq $id
            if ($isMeant) { $objects = @() }
        } elseif ($isMeant -and $field[0] -eq 'object') {
            $object = @{}
            $objects += $object
        } elseif ($isMeant -and $field[0] -eq 'prop') {
            $texts = @()
            if ($field.Count -gt 3) { foreach ($item in $field[3].Split(',')) { if ($item) { $texts += Decode $item } } }
            $object[$field[1]] = $texts
        }
    }
    return , $objects
}

# A property of what a step has made; another name for it where that is not known.
function Answered($id, $property, $otherwise) {
    foreach ($object in (Objects $id)) { if ($object[$property]) { return [string]$object[$property] } }
    return $otherwise
}

# One element of a value as it is compared.
function Element($form, $text) {
    switch ($form) {
        'caseless' { return $text.ToLowerInvariant() }
        'hosts' { return ($text -replace '^\[', '' -replace '\]$', '').ToLowerInvariant() }
        'addressSpaces' {
            $parts = $text.Split([char[]]';', 2)
            $typed = $parts[0].Split([char[]]':', 2)
            $type = 'SMTP'
            if ($typed.Count -eq 2) { $type = $typed[0].ToUpperInvariant() }
            $cost = '1'
            if ($parts.Count -eq 2) { $cost = $parts[1] }
            if ($cost -match '^ *([0-9]+) *$') { $cost = [string][int]$matches[1] }
            return $type + ':' + $typed[$typed.Count - 1].ToLowerInvariant() + ';' + $cost
        }
        'servers' {
            $name = $text
            if ($text -match '^CN=([^,]*)') { $name = $matches[1] }
            elseif ($text -match '([^/\\]+)[/\\]*$') { $name = $matches[1] }
            return $name.Split('.')[0].ToUpperInvariant()
        }
        'bytes' {
            $open = $text.LastIndexOf('(')
            if ($open -ge 0 -and $text.IndexOf(')', $open) -ge 0) {
                return $text.Substring($open, $text.IndexOf(')', $open) - $open) -replace '[^0-9]', ''
            }
            return $text.ToLowerInvariant()
        }
        'seconds' {
            if ($text -match '^(([0-9]+)\.)?([0-9]+):([0-9]+):([0-9]+)(\.[0-9]*)?$') {
                return [string]((([int]$matches[2] * 24 + [int]$matches[3]) * 60 + [int]$matches[4]) * 60 + [int]$matches[5])
            }
            return $text
        }
    }
    return $text
}

# The text by which a value is compared; nothing where it has none.
function Canonical($form, $texts) {
    [string[]]$done = @(foreach ($text in $texts) { if ($text) { Element $form $text } })
    if ($done.Count -eq 0) { return $null }
    if ('hosts', 'addressSpaces', 'servers' -contains $form) {
        $seen = @{}
        [string[]]$done = @(foreach ($text in $done) { if (-not $seen.ContainsKey($text)) { $seen[$text] = $true; $text } })
        [Array]::Sort($done, [StringComparer]::Ordinal)
    }
    return [string]::Join(', ', $done)
}

# SHA-256 of these properties of an object as they are compared.
function Digest($object, $told) {
    [string[]]$names = @(foreach ($name in $told) { $name })
    [Array]::Sort($names, [StringComparer]::Ordinal)
    $text = ''
    foreach ($name in $names) {
        $value = Canonical $forms[$name] $object[$name]
        $text += $name
        if ($null -ne $value) { $text += '=' + $utf8.GetByteCount($value) + ':' + $value }
        $text += "`n"
    }
    $hash = [Security.Cryptography.SHA256]::Create().ComputeHash($utf8.GetBytes($text))
    return [BitConverter]::ToString($hash).Replace('-', '').ToLowerInvariant()
}

# What is not as expected among what these calls have answered; nothing where all is.
function Objection($prefix) {
    foreach ($one in $expected) {
        if (-not $one.In.StartsWith($prefix)) { continue }
        if ($troubles.ContainsKey($one.In)) { return $one.In + ': ' + $troubles[$one.In][0] }
        $meant = @(foreach ($object in (Objects $one.In)) {
            if ($one.Guid) { $isMeant = [string]$object['Guid'] -eq $one.Guid } else { $isMeant = [string]$object['Name'] -eq $one.Name }
            if ($isMeant) { $object }
        })
        if ($one.Absent) {
            if ($meant.Count -gt 0) { return 'there is a "' + $one.Name + '" now' }
            continue
        }
        if ($meant.Count -ne 1) { return "$($meant.Count) connectors are the one that is called `"$($one.Name)`" here" }
        if ($one.Digest -and (Digest $meant[0] $one.Told) -ne $one.Digest) { return '"' + $one.Name + '" was changed since this script was made' }
        if (-not $one.With) { continue }
        foreach ($wanted in $one.With) {
            $value = Canonical $wanted.Form $meant[0][$wanted.Property]
            if ($value -cne $wanted.Value) { return "$($wanted.Property) of `"$($one.Name)`" is `"$value`" and was to be `"$($wanted.Value)`"" }
        }
    }
}

# All connectors as some calls have read them: a text for each.
function Lasting($name) {
    $found = @{}
    for ($number = 0; $number -lt $snapshots; $number++) {
        foreach ($object in (Objects ($name + '-' + $number))) {
            $text = ''
            [string[]]$names = @(foreach ($key in $object.Keys) { $key })
            [Array]::Sort($names, [StringComparer]::Ordinal)
            foreach ($key in $names) {
                if ($key -notmatch '^(When|OriginatingServer$|ObjectState$)') { $text += $key + '=' + (Canonical $forms[$key] $object[$key]) + "`n" }
            }
            $found[[string]$object['Guid'] + ' ' + [string]$object['Name']] = $text
        }
    }
    return $found
}

# Writes the answer next to this file, and says how it ended.
function Finish($word, $reason) {
    Say 'end', "$count"
    $user = [Security.Principal.WindowsIdentity]::GetCurrent().Name
    $head = 'mtactl-answer 1', ('run ' + $run), ('site ' + $site), ('action ' + $action), ('computer ' + $env:COMPUTERNAME),
        ('user ' + $user), ('time ' + [DateTime]::UtcNow.ToString('o')), ('token ' + $token), ('result ' + $word), ('reason ' + (Encode $reason)),
        ('<<MTACTL:' + $run + ':' + (Encode $answer.ToString()) + '>>'), ''
    $path = [IO.Path]::Combine($folder, $file + '.' + $action + '.answer')
    [IO.File]::WriteAllText($path, [string]::Join("`r`n", $head), $utf8)
    Write-Host ($word + $(if ($reason) { ': ' + $reason }))
    Write-Host ('The answer is in ' + $path + ': "mtactl report" reads it.')
}

function Keep { [IO.File]::WriteAllText($kept, $answer.ToString(), $utf8) }

# Takes the change back, and looks whether all is as it was.
function PutBack($reason, $restarts) {
    $script:stopped = $false
    $script:trouble = ''
    TakeBack
    if ($restarts) { RestartAgain }
    Again
    $left = $trouble
    foreach ($id in $troubles.Keys) {
        # What is gone already need not be removed.
        if ($id -match '^(undo|again)-' -and $troubles[$id][1] -notmatch 'ObjectNotFound') { $left = $id + ': ' + $troubles[$id][0] }
    }
    $before = Lasting 'snapshot'
    $after = Lasting 'again'
    foreach ($key in @($before.Keys) + @($after.Keys)) { if ($before[$key] -cne $after[$key]) { $left = 'not as before: ' + $key } }
    if ($left) { Finish 'stranded' ($reason + ' ' + $left).Trim() } else { Finish 'put-back' $reason }
}

# The same lock as that of mtactl over SSH.
function TakeLock {
    try { & $natives['file.write'] @{ Path = 'lock'; Text = $run + "`t" + $env:USERNAME + ', by a script'; New = $true } }
    catch { throw "mtactl: another run is at work here, or did not end ($root\lock says which): $($_.Exception.Message)" }
}

function ApplyAll {
    Passwords
    TakeLock
    try {
        Look
        $objection = Objection 'expect-'
        if ($objection) { Finish 'refused' $objection; return }
        Keep
        Change
        Keep
        $objection = $trouble
        if (-not $objection) { $objection = Objection 'check-' }
        $begun = -not $objection
        if ($begun) { Restarts; $objection = $trouble }
        if ($objection) { PutBack $objection $begun } else { Finish 'changed' '' }
    } finally { & $natives['file.remove'] @{ Path = 'lock' } }
}

function UndoAll {
    if (-not [IO.File]::Exists($kept)) { throw "mtactl: nothing was applied from here: there is no $kept" }
    $script:earlier = [IO.File]::ReadAllText($kept, $utf8)
    TakeLock
    try { PutBack '' $true } finally { & $natives['file.remove'] @{ Path = 'lock' } }
}

$action = $kind
if ($Check) { $action = 'check' } elseif ($Apply) { $action = 'apply' } elseif ($Verify) { $action = 'verify' } elseif ($Undo) { $action = 'undo' }
if ($action -eq 'change') { Write-Host 'Give -Check, -Apply, -Verify or -Undo; the beginning of this file says what each does.'; exit 1 }
Say 'mtactl', '1'
# In Exchange's own shell its cmdlets are there already.
if (-not (Get-Command -Name Get-SendConnector -ErrorAction SilentlyContinue)) { . OpenExchange 'auto' $null }
switch ($action) {
    'facts' { Look; Finish 'looked' '' }
    'check' { Look; Finish 'looked' ([string](Objection 'expect-')) }
    'apply' { ApplyAll }
    'verify' { Send; Finish 'looked' '' }
    'undo' { UndoAll }
}
