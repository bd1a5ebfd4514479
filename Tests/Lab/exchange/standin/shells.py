"""Who may run Exchange's cmdlets in a session, and how they are loaded: §1.2, §1.4, the contract's `shell`."""

import json
from dataclasses import dataclass
from pathlib import Path

from standin.host import Host
from windows.errors import CmdletError
from windows.logon import SYSTEM, Credential, Logon, account

ACCOUNTS = Path("/etc/windows-accounts.json")


@dataclass(frozen=True)
class Shell:
    """The cmdlets as they came: `kind` is remote, session or snapin; `logon` is who they run as."""

    kind: str
    logon: Logon


def no_session(reason: str) -> CmdletError:
    return CmdletError(
        reason,
        "System.Management.Automation.Remoting.PSRemotingTransportException",
        "OpenError",
        "PSSessionOpenFailed",
    )


def open_shell(host: Host, kind: str, logon: Logon, login: Credential | None) -> Shell:
    """Loads the cmdlets as the executor's `shell` line asks. CmdletError with the texts of §1.2 if that fails."""
    edge, remoting = host.version.edge, host.version.remoting
    if kind == "auto":
        kind = "snapin" if edge or not remoting else "session" if login else "remote"
    if kind == "snapin":
        return Shell(kind, logon)
    if not remoting:
        raise no_session("mtactl: the Exchange cmdlets could not be loaded: RemoteExchange.ps1 is not there")
    connecting = f"[{host.fqdn}] Connecting to remote server {host.fqdn} failed with the following error message : "
    if host.directory.settings.get("management-shell") == "broken":
        raise no_session(
            "mtactl: the Exchange cmdlets could not be loaded: " + connecting + "The WinRM client received an HTTP server "
            "error status (500), but the remote service did not include any other information about the cause of the "
            "failure."
        )
    if kind == "session" and login:
        if json.loads(ACCOUNTS.read_text()).get(account(login.user)) != login.password:
            raise no_session(connecting + "The user name or password is incorrect.")
        return Shell(kind, Logon(account(login.user), "password"))
    if not logon.second_hop:
        text = connecting + (
            "WinRM cannot process the request. The following error with errorcode 0x8009030e occurred while using "
            "Kerberos authentication: A specified logon session does not exist. It may already have been terminated."
        )
        raise no_session(text if kind == "session" else "mtactl: the Exchange cmdlets could not be loaded: " + text)
    return Shell(kind, logon)


def second_hop_error(host: Host, logon: Logon) -> CmdletError:
    """The error of a cmdlet of the snap-in in a session with a key: the texts of Win32-OpenSSH #1115 and #1881."""
    if host.version.name == "2010":
        return CmdletError(
            "Value cannot be null.\r\nParameter name: parameters", "System.ArgumentNullException", "NotSpecified"
        )
    return CmdletError(
        f"Active Directory operation failed on . The supplied credential for '{logon.qualified}' is invalid.",
        "Microsoft.Exchange.Data.Directory.ADInvalidCredentialException",
        "NotSpecified",
    )


def may(host: Host, shell: Shell, cmdlet: str) -> bool:
    """Roles (§1.2): Organization Management may do everything, View-Only Organization Management may read."""
    if host.version.edge or account(shell.logon.user) == SYSTEM.lower():
        return True
    role = host.directory.settings["roles"].get(account(shell.logon.user))
    return role == "Organization Management" or role is not None and cmdlet.startswith("Get-")


def access_denied(controller: str) -> CmdletError:
    """Without remote sessions there are no roles: the directory itself refuses."""
    return CmdletError(
        f"Active Directory operation failed on {controller}. This error is not retriable. Additional information: "
        "Access is denied.\r\nActive directory response: 00000005: SecErr: DSID-03151E04, problem 4003 "
        "(INSUFF_ACCESS_RIGHTS), data 0",
        "Microsoft.Exchange.Data.Directory.ADOperationException",
        "NotSpecified",
    )
