"""What PowerShell does before a cmdlet sees its arguments: names, types, mandatory ones, usable combinations."""

from standin.errors import binding, no_command, no_parameter
from standin.parameters import MANDATORY, known
from standin.values import convert
from standin.versions import Version


def bound(cmdlet: str, version: Version, arguments: dict) -> dict:
    """The arguments by the parameters' own names and types. Abbreviated names are refused, though PowerShell accepts them:
    what is unambiguous today may be ambiguous in the next release (§2.1)."""
    try:
        parameters = known(cmdlet, version)
    except KeyError:
        raise no_command(cmdlet) from None
    names = {name.lower(): name for name in parameters}
    given: dict = {}
    for name, value in arguments.items():
        own = names.get(name.lower())
        if own is None:
            raise no_parameter(name)
        if own in given:
            raise binding(
                f"Cannot bind parameter because parameter '{own}' is specified more than once.", "ParameterAlreadyBound"
            )
        given[own] = convert(own, parameters[own], value)
    missing = [name for name in _mandatory(cmdlet, given) if given.get(name) in (None, "", [])]
    if missing:
        raise binding(
            f"Cannot process command because of one or more missing mandatory parameters: {' '.join(missing)}.",
            "MissingMandatoryParameter",
        )
    return given


def _mandatory(cmdlet: str, given: dict) -> tuple[str, ...]:
    names = MANDATORY.get(cmdlet, ())
    # §2.2 rule 8: a linked connector has no address spaces.
    return tuple(name for name in names if name != "AddressSpaces") if given.get("LinkedReceiveConnector") else names
