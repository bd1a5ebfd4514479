"""MailEnable's keys and values in the registry that are publicly known. §5, §0a.10, and README's sources."""

# A 32-bit program on 64-bit Windows.
ROOT = "HKLM:\\SOFTWARE\\WOW6432Node\\Mail Enable\\Mail Enable"
SMTP = ROOT + "\\Connectors\\SMTP"
COUNTERS = SMTP + "\\Counters"
PLAIN = "C:\\Program Files (x86)\\Mail Enable"
PLESK = "C:\\Program Files (x86)\\Plesk\\Mail Servers\\Mail Enable"
VERSION = "10.48"

# Another feature, whose name sounds like the smart host: KB ME020415.
FALLBACK = "SmartHost on RCPT Failure"
FALLBACK_SERVER = "SmartHost on RCPT Failure Server"


def installed(base: str, fqdn: str) -> dict[str, dict[str, tuple]]:
    """What an installation writes."""
    return {
        ROOT: {
            "Version": ("String", VERSION),
            "Enterprise Version": ("String", VERSION),
            "Application Directory": ("String", base + "\\BIN"),
            "Data Directory": ("String", base),
            "Mail Root": ("String", base + "\\Postoffices"),
        },
        ROOT + "\\Agents\\MTA": {"Maximum Transfer Threads": ("DWord", "2")},
        ROOT + "\\Security": {"Default SSL Certificate": ("String", "")},
        SMTP: {
            "Host Name": ("String", fqdn),
            "Local Domain Name": ("String", fqdn.partition(".")[2]),
            "Outbound Interface": ("String", ""),
            "Blocked HELO": ("String", ""),
            "Plugin DLL": ("String", ""),
            "Activity Log Enabled": ("DWord", "1"),
            "Activity Log Directory": ("String", base + "\\Logging\\SMTP"),
            "Debug Log Enabled": ("DWord", "1"),
            "Debug Log Directory": ("String", base + "\\Logging\\SMTP"),
            FALLBACK: ("DWord", "0"),
            FALLBACK_SERVER: ("String", ""),
        },
        SMTP + "\\White List": {"Enabled": ("DWord", "0")},
        COUNTERS: {"Messages Received": ("DWord", "0"), "Messages Sent": ("DWord", "0")},
    }
