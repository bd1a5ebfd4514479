"""PowerShell's errors: a message, a type, a category, an identifier."""


class CmdletError(Exception):
    """A terminating error of a call. `kind` is the .NET type's name, `category` PowerShell's error category."""

    def __init__(self, message: str, kind: str, category: str = "InvalidArgument", identifier: str = ""):
        super().__init__(message)
        self.message, self.kind, self.category = message, kind, category
        self.identifier = identifier or kind


def failed(message: str, category: str = "InvalidOperation") -> CmdletError:
    """The error of a native: what the executor throws, or passes on."""
    return CmdletError(message, "System.Management.Automation.RuntimeException", category, "RuntimeException")
