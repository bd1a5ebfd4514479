"""Errors of Exchange's cmdlets, and of PowerShell before them."""

from windows.errors import CmdletError


def binding(message: str, identifier: str) -> CmdletError:
    """PowerShell refused the call before the cmdlet saw it."""
    return CmdletError(message, "System.Management.Automation.ParameterBindingException", "InvalidArgument", identifier)


def no_parameter(name: str) -> CmdletError:
    return binding(f"A parameter cannot be found that matches parameter name '{name}'.", "NamedParameterNotFound")


def no_command(name: str) -> CmdletError:
    """A session without the role says the same: it has no such cmdlet (§1.4, roles)."""
    return CmdletError(
        f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable program. "
        "Check the spelling of the name, or if a path was included, verify that the path is correct and try again.",
        "System.Management.Automation.CommandNotFoundException",
        "ObjectNotFound",
        "CommandNotFoundException",
    )


def not_transformed(name: str, reason: str) -> CmdletError:
    """A value that cannot be converted to the parameter's type."""
    return CmdletError(
        f"Cannot process argument transformation on parameter '{name}'. {reason}",
        "System.Management.Automation.ParameterBindingArgumentTransformationException",
        "InvalidData",
        "ParameterArgumentTransformationError",
    )


def invalid(message: str, kind: str = "Microsoft.Exchange.Data.DataValidationException") -> CmdletError:
    """A rule of the connector. Few of the exact texts are known (§2.2.5); the others state the rule."""
    return CmdletError(message, kind, "InvalidOperation")


def not_found(identity: str, controller: str) -> CmdletError:
    return CmdletError(
        f"The operation couldn't be performed because object '{identity}' couldn't be found on '{controller}'.",
        "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
        "NotSpecified",
    )


def prompt(question: str) -> CmdletError:
    """A confirmation prompt in a session that is not interactive (§0a.2, §2.1)."""
    return CmdletError(
        "A command that prompts the user failed because the host program or the command type does not support user "
        f"interaction. The host was attempting to request confirmation with the following message: {question}",
        "System.Management.Automation.Host.HostException",
        "NotImplemented",
        "HostFunctionNotImplemented",
    )


def controller_down(controller: str) -> CmdletError:
    return CmdletError(
        f"An Active Directory error 0x51 occurred when trying to check the suitability of server '{controller}'. "
        "Error: 'Active directory response: The LDAP server is unavailable.'",
        "Microsoft.Exchange.Data.Directory.SuitabilityDirectoryException",
        "NotSpecified",
    )
