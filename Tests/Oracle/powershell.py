"""Checks PowerShell texts: powershell.py FILE…  Prints what is wrong, one line each, or nothing.

There is no PowerShell engine here. The grammar of tree-sitter finds what does not parse, and the tables below, from
Microsoft's documentation of Windows PowerShell 5.1 and of Exchange, find commands and parameters that are misspelt or
abbreviated. `NEW` lists what PowerShell 2.0 does not have: Exchange 2007 and 2010 run on it.
"""

import re
import sys
from pathlib import Path

import tree_sitter_powershell
from tree_sitter import Language, Parser

COMMON = {"ErrorAction", "Confirm", "WhatIf", "Verbose"}
COMMANDS = {
    "Add-PSSnapin": {"Name", "PassThru"},
    "Connect-ExchangeServer": {"Auto", "ServerFqdn", "ClientApplication"},
    "Get-ChildItem": {"Path", "LiteralPath", "Filter", "Include", "Exclude", "Recurse", "Force", "Name"},
    "Get-Command": {"Name", "Verb", "Noun", "Module", "CommandType", "TotalCount", "Syntax"},
    "Get-Item": {"Path", "LiteralPath", "Force"},
    "Get-ItemProperty": {"Path", "LiteralPath", "Name"},
    "Get-MessageTrackingLog": {"Server", "MessageId", "Start", "End", "ResultSize", "EventId", "Sender", "Recipients"},
    "Get-PSSnapin": {"Name", "Registered"},
    "Get-Process": {"Name", "Id", "ComputerName"},
    "Get-Service": {"Name", "DisplayName", "ComputerName", "Include", "Exclude"},
    "Get-SendConnector": {"Identity", "DomainController"},
    "Import-PSSession": {"Session", "CommandName", "AllowClobber", "DisableNameChecking", "Prefix", "FormatTypeName"},
    "New-Object": {"TypeName", "ArgumentList", "ComObject", "Property", "Strict"},
    "New-PSSession": {
        "ConfigurationName", "ConnectionUri", "Authentication", "Credential", "AllowRedirection", "SessionOption", "Name",
    },
    "Out-Null": {"InputObject"},
    "Read-Host": {"Prompt", "AsSecureString"},
    "Remove-ItemProperty": {"Path", "LiteralPath", "Name", "Force"},
    "Remove-PSSession": {"Session", "Id", "Name"},
    "Restart-Service": {"Name", "DisplayName", "InputObject", "Force", "PassThru"},
    "Set-ItemProperty": {"Path", "LiteralPath", "Name", "Value", "Type", "Force", "PassThru"},
    "Start-Sleep": {"Seconds", "Milliseconds"},
    "Test-Path": {"Path", "LiteralPath", "PathType", "IsValid"},
    "Write-Host": {"Object", "NoNewline", "Separator"},
    "Write-Output": {"InputObject"},
}
# Exchange's cmdlets of all releases. The stand-in knows which release has which parameter.
LAB = Path(__file__).resolve().parent.parent / "Lab"
sys.path[:0] = [str(LAB / "exchange"), str(LAB / "windows")]
sys.dont_write_bytecode = True
from standin.parameters import CMDLETS  # noqa: E402

for cmdlet, rows in CMDLETS.items():
    COMMANDS.setdefault(cmdlet, set()).update(name for names, *_ in rows for name in names.split())
NEW = [
    (r"\[(ordered|pscustomobject)\]", "a type accelerator of PowerShell 3.0"),
    (r"\$PSItem\b|\$PSScriptRoot\b|\$using:", "a variable of PowerShell 3.0"),
    (r"-(not)?in\b", "an operator of PowerShell 3.0"),
    (r"[3-6*]>", "a stream of PowerShell 3.0 or later"),
    (r"::new\(", "a constructor's call of PowerShell 5.0"),
    (r"&&|\|\||\?\?", "an operator of PowerShell 7"),
    (r"\bIsNullOrWhiteSpace\b", "a method of .NET 4"),
]


def nodes(node):
    yield node
    for child in node.children:
        yield from nodes(child)


def problems(path: Path):
    source = path.read_bytes()
    text = lambda node: source[node.start_byte : node.end_byte].decode()
    tree = Parser(Language(tree_sitter_powershell.language())).parse(source)
    functions = set(re.findall(r"^function ([A-Za-z]+)", source.decode(), re.M))
    if not source.isascii():
        yield f"{path.name}: a character that is not ASCII: old PowerShell reads files in the code page of the host"
    for node in nodes(tree.root_node):
        line = node.start_point[0] + 1
        if node.type == "ERROR" or node.is_missing:
            yield f"{path.name}:{line}: does not parse: {text(node)[:60]}"
        if node.type != "command":
            continue
        name = text(node.child_by_field_name("command_name") or node)
        if not re.fullmatch(r"[A-Za-z]+(-[A-Za-z]+)?", name) or name in functions:
            continue
        if name not in COMMANDS:
            yield f"{path.name}:{line}: an unknown command: {name}"
            continue
        for parameter in [text(child)[1:].rstrip(":") for child in nodes(node) if child.type == "command_parameter"]:
            outer = {p for command, known in COMMANDS.items() for p in known} if "(" in text(node) else COMMANDS[name]
            if parameter not in outer | COMMON:
                yield f"{path.name}:{line}: {name} has no parameter {parameter}"
    code = re.sub(r"^\s*#.*$|'[^'\n]*'", "", source.decode(), flags=re.M)
    for number, line in enumerate(code.split("\n"), 1):
        for pattern, words in NEW:
            if re.search(pattern, line):
                yield f"{path.name}:{number}: {words}: {line.strip()[:60]}"


for name in sys.argv[1:]:
    for problem in problems(Path(name)):
        print(problem)
