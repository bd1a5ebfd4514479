# mtactl's executor: runs a list of calls, and reports the result of each in one line.
#
# It decides nothing. mtactl has decided before, sends the calls, and judges the answers. What a document and an answer
# look like is in docs/windows-executor.md. The language is PowerShell 2.0's. A password reaches neither a command line
# nor a file, and no cmdlet but the one that it is for: what cmdlets are given can be logged (event 4103).
param([string]$document)
$ErrorActionPreference = 'Stop'
[Threading.Thread]::CurrentThread.CurrentCulture = [Globalization.CultureInfo]::InvariantCulture
$utf8 = New-Object Text.UTF8Encoding($false)
$answer = New-Object Text.StringBuilder
$root = [IO.Path]::Combine($env:ProgramData, 'mtactl')
$setup = 'HKLM:\SOFTWARE\Microsoft\ExchangeServer\v15', 'HKLM:\SOFTWARE\Microsoft\ExchangeServer\v14',
    'HKLM:\SOFTWARE\Microsoft\Exchange\v8.0', 'HKLM:\SOFTWARE\Microsoft\Exchange'

# Nothing else is ever run.
$cmdlets = 'Get-ExchangeServer', 'Get-OrganizationConfig', 'Get-TransportService', 'Get-TransportServer', 'Get-AcceptedDomain',
    'Get-EdgeSubscription', 'Get-HybridConfiguration', 'Get-ExchangeCertificate', 'Get-SendConnector', 'New-SendConnector',
    'Set-SendConnector', 'Remove-SendConnector', 'Get-Queue', 'Retry-Queue', 'Get-Message', 'Remove-Message',
    'Get-MessageTrackingLog'

function Encode($text) { return [Convert]::ToBase64String($utf8.GetBytes([string]$text)) }
function Decode($text) { return $utf8.GetString([Convert]::FromBase64String($text)) }
function Say($fields) { [void]$answer.Append([string]::Join("`t", $fields)).Append("`n") }
function Result($properties) { return New-Object PSObject -Property $properties }

function Credential($user, $password) {
    $secure = New-Object Security.SecureString
    foreach ($character in $password.ToCharArray()) { $secure.AppendChar($character) }
    return New-Object Management.Automation.PSCredential($user, $secure)
}

# A value of the document. The comma keeps a list of one element a list.
function Value($kind, $text) {
    switch ($kind) {
        'text' { return Decode $text }
        'list' {
            $items = @()
            foreach ($item in $text.Split(',')) { if ($item) { $items += Decode $item } }
            return , [string[]]$items
        }
        'flag' { return $text -eq '1' }
        'number' { return [int]$text }
        'login' { return $logins[$text] }
        'null' { return $null }
    }
    throw "mtactl: unknown kind of value: $kind"
}

# A property of what a call answered, as text: objects of the snap-in and of a remote session then look alike.
function Property($name, $value) {
    if ($null -eq $value) { Say 'prop', $name, 'null' }
    elseif ($value -is [Management.Automation.PSCredential]) { Say 'prop', $name, 'text', (Encode $value.UserName) }
    elseif ($value -is [DateTime]) { $time = $value.ToUniversalTime(); Say 'prop', $name, 'text', (Encode ($time.ToString('o'))) }
    elseif ($value -is [Collections.IEnumerable] -and $value -isnot [string]) {
        $items = @()
        foreach ($item in $value) { $items += Encode $item }
        Say 'prop', $name, 'list', ([string]::Join(',', $items))
    }
    else { Say 'prop', $name, 'text', (Encode $value) }
}

# A path inside of mtactl's own folder, which is made so that only administrators and the system can open it.
function Inside($path) {
    if ($path -notmatch '^[A-Za-z0-9._-]+(\\[A-Za-z0-9._-]+)*$' -or $path -match '\.\.') { throw "mtactl: not a path of ours: $path" }
    if (-not [IO.Directory]::Exists($root)) {
        $rights = New-Object Security.AccessControl.DirectorySecurity
        $rights.SetSecurityDescriptorSddlForm('O:BAG:BAD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)')
        [void][IO.Directory]::CreateDirectory($root, $rights)
    }
    $owner = [IO.Directory]::GetAccessControl($root).GetOwner([Security.Principal.SecurityIdentifier]).Value
    if ($owner -ne 'S-1-5-32-544' -and $owner -ne 'S-1-5-18') { throw "mtactl: $root belongs to $owner, not to Administrators" }
    return [IO.Path]::Combine($root, $path)
}

function SetupKey {
    foreach ($key in $setup) { if (Test-Path -LiteralPath ($key + '\Setup')) { return $key } }
    throw 'mtactl: no Exchange is installed on this host'
}

# Brings Exchange's cmdlets here. Its own scripts are not written for 'Stop', and define what has to stay: hence the dot
# with which this is called.
function OpenExchange($kind, $login) {
    $key = SetupKey
    $path = (Get-ItemProperty -LiteralPath ($key + '\Setup')).MsiInstallPath
    $scripts = [IO.Path]::Combine($path, 'bin')
    if ($kind -eq 'auto') {
        if (Test-Path -LiteralPath ($key + '\EdgeTransportRole')) { $kind = 'snapin' }
        elseif (-not (Test-Path -LiteralPath ($scripts + '\RemoteExchange.ps1'))) { $kind = 'snapin' }
        elseif ($login) { $kind = 'session' }
        else { $kind = 'remote' }
    }
    $ErrorActionPreference = 'Continue'
    if ($kind -eq 'remote') {
        . ($scripts + '\RemoteExchange.ps1') | Out-Null
        Connect-ExchangeServer -Auto | Out-Null
    } elseif ($kind -eq 'session') {
        $server = [Net.Dns]::GetHostEntry('').HostName
        $uri = 'http://' + $server + '/PowerShell/'
        $session = New-PSSession -ConfigurationName Microsoft.Exchange -ConnectionUri $uri -Authentication Kerberos -Credential $login -ErrorAction Stop
        Import-PSSession -Session $session -DisableNameChecking -AllowClobber | Out-Null
    } else {
        foreach ($snapin in Get-PSSnapin -Registered) {
            if ($snapin.Name -match '^Microsoft\.Exchange\.Management\.PowerShell\.(Admin|E2010|SnapIn)$') { Add-PSSnapin -Name $snapin.Name }
        }
    }
    $ErrorActionPreference = 'Stop'
    if (-not (Get-Command -Name Get-SendConnector -ErrorAction SilentlyContinue)) { throw "mtactl: the Exchange cmdlets could not be loaded: $($error[0])" }
    Say 'shell', $kind
}

# Says a line to a mail server, and returns the lines of its reply.
function Ask($stream, $line) {
    if ($line) { $bytes = $utf8.GetBytes($line + "`r`n"); $stream.Write($bytes, 0, $bytes.Length) }
    $reply = @()
    do {
        $text = ''
        do { $byte = $stream.ReadByte(); if ($byte -gt 31) { $text += [char]$byte } } while ($byte -ge 0 -and $byte -ne 10 -and $text.Length -lt 1000)
        $reply += $text
    } while ($text -match '^[0-9]{3}-' -and $reply.Count -lt 100)
    return $reply
}

# What is not a cmdlet of Exchange. Each is given a table of arguments.
$natives = @{
    'host.facts' = { param($a)
        $me = [Security.Principal.WindowsIdentity]::GetCurrent()
        $administrator = (New-Object Security.Principal.WindowsPrincipal($me)).IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
        $facts = @{ Computer = $env:COMPUTERNAME; User = $me.Name; Administrator = $administrator; Bits = 8 * [IntPtr]::Size
            Domain = [Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties().DomainName; Folder = $root
            Windows = [Environment]::OSVersion.Version; PowerShell = $PSVersionTable.PSVersion; Time = [DateTime]::Now
            ExchangeSetupRuns = [bool](Get-Process -Name 'ExSetup*') }
        foreach ($key in $setup) {
            if ($facts.ExchangeKey -or -not (Test-Path -LiteralPath ($key + '\Setup'))) { continue }
            $values = Get-ItemProperty -LiteralPath ($key + '\Setup')
            $facts.ExchangeKey = $key
            $facts.ExchangePath = $values.MsiInstallPath
            $facts.ExchangeVersion = "$($values.MsiProductMajor).$($values.MsiProductMinor).$($values.MsiBuildMajor).$($values.MsiBuildMinor)"
            $facts.ExchangeRoles = @(foreach ($role in Get-ChildItem -LiteralPath $key) { $role.PSChildName })
        }
        Result $facts
    }
    'registry.read' = { param($a)
        if (-not (Test-Path -LiteralPath $a.Key)) { return }
        $key = Get-Item -LiteralPath $a.Key
        foreach ($name in $key.GetValueNames()) { Result @{ Name = $name; Kind = $key.GetValueKind($name); Value = $key.GetValue($name) } }
    }
    'registry.write' = { param($a) Set-ItemProperty -LiteralPath $a.Key -Name $a.Name -Value $a.Value -Type $a.Kind }
    'registry.remove' = { param($a) Remove-ItemProperty -LiteralPath $a.Key -Name $a.Name }
    'service.read' = { param($a)
        foreach ($service in Get-Service -Name $a.Names -ErrorAction SilentlyContinue) { Result @{ Name = $service.Name; Status = $service.Status } }
    }
    'service.restart' = { param($a)
        Restart-Service -Name $a.Name -Force
        (Get-Service -Name $a.Name).WaitForStatus('Running', [TimeSpan]::FromSeconds($a.Seconds))
    }
    # Opened so that if two write the same new file, one fails.
    'file.write' = { param($a)
        $path = Inside $a.Path
        [void][IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($path))
        $mode = 'Create'
        if ($a.New) { $mode = 'CreateNew' }
        $file = [IO.File]::Open($path, $mode, 'Write', 'None')
        try { $bytes = $utf8.GetBytes($a.Text); $file.Write($bytes, 0, $bytes.Length) } finally { $file.Close() }
    }
    'file.read' = { param($a) Result @{ Text = [IO.File]::ReadAllText((Inside $a.Path), $utf8) } }
    'file.move' = { param($a) [IO.File]::Move((Inside $a.From), (Inside $a.To)) }
    'file.remove' = { param($a) [IO.File]::Delete((Inside $a.Path)) }
    'folder.list' = { param($a)
        $path = Inside $a.Path
        if (-not [IO.Directory]::Exists($path)) { return }
        foreach ($file in [IO.Directory]::GetFiles($path, '*', 'AllDirectories')) {
            Result @{ Path = $file.Substring($root.Length + 1); Bytes = (New-Object IO.FileInfo($file)).Length }
        }
    }
    'folder.remove' = { param($a) [IO.Directory]::Delete((Inside $a.Path), $true) }
    # The service takes a file as soon as its name ends in .eml, so that is the last thing that happens to it.
    'pickup.write' = { param($a)
        if ($a.Name -notmatch '^[A-Za-z0-9-]+$') { throw "mtactl: not a name of ours: $($a.Name)" }
        $path = [IO.Path]::Combine($a.Folder, $a.Name)
        [IO.File]::WriteAllBytes($path + '.tmp', $utf8.GetBytes($a.Text))
        [IO.File]::Move($path + '.tmp', $path + '.eml')
    }
    'pickup.look' = { param($a)
        foreach ($file in [IO.Directory]::GetFiles($a.Folder, $a.Name + '.*')) { Result @{ Name = [IO.Path]::GetFileName($file) } }
    }
    'pickup.remove' = { param($a)
        foreach ($file in [IO.Directory]::GetFiles($a.Folder, $a.Name + '.*')) { [IO.File]::Delete($file) }
    }
    'name.resolve' = { param($a) foreach ($address in [Net.Dns]::GetHostAddresses($a.Name)) { Result @{ Address = $address.ToString() } } }
    # What a smarthost offers, in clear and in TLS. Its certificate is not looked at here: Exchange does that itself.
    'smtp.ask' = { param($a)
        $found = @{ Greeting = $null; Offered = $null; Secured = $null; Trouble = $null }
        $client = New-Object Net.Sockets.TcpClient
        $hello = 'EHLO ' + [Net.Dns]::GetHostEntry('').HostName
        try {
            $began = $client.BeginConnect($a.Name, $a.Port, $null, $null)
            if (-not $began.AsyncWaitHandle.WaitOne(1000 * $a.Seconds)) { throw 'the connection timed out' }
            $client.EndConnect($began)
            $stream = $client.GetStream()
            $stream.ReadTimeout = 1000 * $a.Seconds
            $found.Greeting = @(Ask $stream $null)
            $found.Offered = @(Ask $stream $hello)
            if ($found.Offered -match '^250[ -]STARTTLS') {
                if (@(Ask $stream 'STARTTLS') -match '^220') {
                    $stream = New-Object Net.Security.SslStream($stream, $false, [Net.Security.RemoteCertificateValidationCallback]{ $true })
                    $stream.AuthenticateAsClient($a.Name)
                    $found.Secured = @(Ask $stream $hello)
                }
            }
            [void](Ask $stream 'QUIT')
        } catch { $found.Trouble = $_.Exception.Message } finally { $client.Close() }
        Result $found
    }
    # Starting the shell takes longer than a message does, so the waiting is done here.
    'tracking.watch' = { param($a)
        $start = [DateTime]::Now.AddSeconds(-$a.Since)
        $end = [DateTime]::Now.AddSeconds($a.Seconds)
        do {
            $rows = @(foreach ($server in $a.Servers) {
                # A server that does not answer must not hide what the others say.
                try { Get-MessageTrackingLog -Server $server -MessageId $a.MessageId -Start $start -ResultSize Unlimited -ErrorAction Stop }
                catch { Result @{ EventId = 'MTACTL-UNREAD'; ServerHostname = $server; RecipientStatus = $_.Exception.Message } }
            })
            $met = @(foreach ($row in $rows) { if ($a.Until -contains "$($row.EventId)") { $row } })
            if ($met.Count -eq 0 -and [DateTime]::Now -lt $end) { Start-Sleep -Seconds 2 }
        } while ($met.Count -eq 0 -and [DateTime]::Now -lt $end)
        $rows
    }
    # As SYSTEM, which keeps no password. A task that missed its time runs when the host is up again.
    'task.arm' = { param($a)
        $scheduler = New-Object -ComObject Schedule.Service
        $scheduler.Connect()
        $task = $scheduler.NewTask(0)
        $trigger = $task.Triggers.Create(1)
        $trigger.StartBoundary = [DateTime]::Now.AddSeconds($a.Seconds).ToString('s')
        $action = $task.Actions.Create(0)
        $action.Path = [IO.Path]::Combine([Environment]::SystemDirectory, 'WindowsPowerShell\v1.0\powershell.exe')
        $action.Arguments = '-NoProfile -NonInteractive -ExecutionPolicy Bypass -File "' + (Inside $a.Script) + '" -Expired'
        $task.Settings.StartWhenAvailable = $true
        $task.Settings.DisallowStartIfOnBatteries = $false
        [void]$scheduler.GetFolder('\').RegisterTaskDefinition('mtactl-' + $a.Run, $task, 6, 'S-1-5-18', $null, 5)
    }
    'task.disarm' = { param($a)
        $scheduler = New-Object -ComObject Schedule.Service
        $scheduler.Connect()
        $scheduler.GetFolder('\').DeleteTask('mtactl-' + $a.Run, 0)
    }
    'task.read' = { param($a)
        $scheduler = New-Object -ComObject Schedule.Service
        $scheduler.Connect()
        foreach ($task in $scheduler.GetFolder('\').GetTasks(0)) {
            if ($task.Name -eq 'mtactl-' + $a.Run) { Result @{ SecondsLeft = [int]($task.NextRunTime - [DateTime]::Now).TotalSeconds; State = $task.State } }
        }
    }
    # IceWarp's own program. Its path comes from mtactl and must end in the program's name.
    'icewarp.tool' = { param($a)
        if ($a.Program -notmatch '\\tool\.exe$') { throw "mtactl: not the program of IceWarp: $($a.Program)" }
        $words = $a.Words
        $lines = @(& $a.Program $words 2>&1)
        Result @{ Lines = [string[]]$lines; Status = $LASTEXITCODE }
    }
}

# The document: lines of fields with tabs between them.
$calls = @(); $logins = @{}; $nonce = 'none'; $shell = 'none'; $shellLogin = $null
foreach ($line in $document.Split("`n")) {
    $field = $line.Split("`t")
    switch ($field[0]) {
        'nonce' { $nonce = $field[1] }
        'login' { $logins[$field[1]] = Credential (Decode $field[2]) (Decode $field[3]) }
        'shell' { $shell = $field[1]; if ($field.Count -gt 2) { $shellLogin = $logins[$field[2]] } }
        'call' { $call = @{ Id = $field[1]; Name = $field[2]; Must = $field[3] -eq 'must'; Arguments = @{}; Properties = @() }; $calls += $call }
        'arg' { $call.Arguments[$field[1]] = Value $field[2] $field[3] }
        'get' { $call.Properties += $field[1] }
    }
}

Say 'mtactl', '1'
$stopped = $false
$session = $null
$broken = $null
try {
    foreach ($call in $calls) {
        if ($stopped) { Say 'call', $call.Id, 'skipped'; continue }
        try {
            $arguments = $call.Arguments
            $isNative = $natives.ContainsKey($call.Name)
            if (-not $isNative -and $cmdlets -notcontains $call.Name) { throw "mtactl: not on the list of the executor: $($call.Name)" }
            if ($shell -ne 'none' -and (-not $isNative -or $call.Name -eq 'tracking.watch')) {
                # It is not tried again for each call: that would take minutes.
                if ($broken) { throw $broken }
                try { . OpenExchange $shell $shellLogin; $shell = 'none' } catch { $broken = $_; throw }
            }
            if ($isNative) { $found = @(& $natives[$call.Name] $arguments) } else { $found = @(& $call.Name @arguments -ErrorAction Stop) }
            Say 'call', $call.Id, 'ok'
            foreach ($object in $found) {
                if ($null -eq $object) { continue }
                Say @('object')
                foreach ($name in $call.Properties) {
                    $property = $object.PSObject.Properties[$name]
                    if ($null -eq $property) { Say 'prop', $name, 'absent' } else { Property $name $property.Value }
                }
            }
        } catch {
            Say 'call', $call.Id, 'failed'
            Say 'error', (Encode $_.Exception.Message), (Encode $_.FullyQualifiedErrorId), (Encode $_.CategoryInfo.Category)
            $stopped = $call.Must
        }
    }
} finally {
    if ($session) { Remove-PSSession -Session $session }
}
Say 'end', "$($calls.Count)"
'<<MTACTL:' + $nonce + ':' + (Encode $answer.ToString()) + '>>'
