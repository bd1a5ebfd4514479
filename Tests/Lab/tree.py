"""Prints every file of a host that somebody could have changed, to compare before and after: tree.py ROOT.

One row for each file, with tabs: path, type, mode, owner, group, links, size, time of change of the content in ns, SHA-256 (of
a link: where it points), extended attributes. A dash replaces what a running system changes by itself:

- of a folder: links, size and time (they change with every file that is renamed into it)
- of logs: all but type, mode, owner and group
- the time of files that a product's own command rewrites; of Kerio's mailserver.cfg, which has new ids each time,
  `stand-in tree` says what is in it
- queue files and hints, counters of messages, messages that Sendmail could not deliver to anybody, its statistics
- git's own files below /etc
- of Windows hosts: logs, queues, the pickup directory; `stand-in tree` adds registry, tasks and what a product has
- what Postfix makes when it starts (sockets, locks, caches, copies in its chroot), the journal, systemd's
  own state and everything else that `UNSEEN` lists: left out
- of /run: the names in it, and all of /run/lock
"""

import hashlib
import os
import re
import stat
import sys

SEEN = ("etc", "usr/local", "root", "home", "opt", "srv", "var", "tmp", "run/lock", "dev/shm", "C:")

UNSEEN = re.compile(
    r"var/(log/journal|lib/systemd|lib/private|cache/ldconfig)(/|$)"
    r"|var/spool/postfix/(active|bounce|corrupt|defer|deferred|flush|hold|incoming|maildrop|saved|trace)/."
    r"|var/spool/(smtpd/[a-z]+|nullmailer/(queue|tmp|failed)|dma)/.|var/spool/nullmailer/trigger$"
    r"|var/spool/exim4/(db|input|msglog)/.|var/spool/exim4/exim_daemon_notify$"
    r"|var/(lib/postfix|spool/postfix/(dev|etc|lib|lib64|usr|pid|private|public))/."
    r"|var/spool/mqueue(-client)?/.|var/lib/sendmail/(dead\.letter|sendmail\.st|host_status)"
    r"|var/spool/exim/(db|input|msglog|exim_daemon_notify)(/|$)|var/cpanel/email_send_counts/.|etc/virtual/usage/."
    r"|etc/\.git(/|$)|(var/)?tmp/systemd-private-|etc/\.pwd\.lock$|var/lib/dpkg/lock|var/lib/(sudo/lectured|dbus/machine-id)"
    # On Windows hosts: what `stand-in tree` shows better, and what transport writes.
    r"|var/lib/(exchange-organisation|windows)(/|$)"
    r"|C:/Program Files \(x86\)/(Plesk/Mail Servers/)?Mail Enable/(Logging|Queues|Postoffices|Bad Mail)(/|$)"
    r"|C:/Program Files/Microsoft/Exchange Server/(V1[45]/)?TransportRoles/(Logs|Pickup)/."
    # Of IceWarp and Kerio Connect: what their services write.
    r"|(opt/icewarp|C:/Program Files/IceWarp)/(var|temp|mail)/."
    r"|(opt/kerio/mailserver|C:/Program Files/Kerio/MailServer)/(store/(queue|mail)/.|mailserver\.cfg)"
    r"|run/(motd\.dynamic|agetty\.reload)$"
)

# Rewritten by the only command that changes them, so their time is no sign of a change.
REWRITTEN = ("opt/icewarp/config/settings.cfg", "C:/Program Files/IceWarp/config/settings.cfg")
UNSTEADY = re.compile(
    r"var/log/.|(opt/icewarp|C:/Program Files/IceWarp)/logs/."
    r"|(opt/kerio/mailserver|C:/Program Files/Kerio/MailServer)/store/logs/."
)

TYPES = {
    stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link", stat.S_IFSOCK: "socket",
    stat.S_IFIFO: "pipe", stat.S_IFCHR: "device", stat.S_IFBLK: "device",
}


def content(path: str, kind: str) -> str:
    if kind == "link":
        return "-> " + os.readlink(path)
    if kind != "file":
        return "-"
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def attributes(path: str) -> str:
    names = sorted(os.listxattr(path, follow_symlinks=False))
    return ",".join(f"{name}={os.getxattr(path, name, follow_symlinks=False).hex()}" for name in names) or "-"


def row(root: str, name: str) -> str:
    path = os.path.join(root, name)
    status = os.lstat(path)
    kind = TYPES[stat.S_IFMT(status.st_mode)]
    about = ["/" + name, kind, f"{stat.S_IMODE(status.st_mode):04o}", status.st_uid, status.st_gid]
    if UNSTEADY.match(name):
        about += ["-"] * 5
    elif kind == "folder":
        about += ["-"] * 4 + [attributes(path)]
    else:
        time = "-" if name in REWRITTEN else status.st_mtime_ns
        about += [status.st_nlink, status.st_size, time, content(path, kind), attributes(path)]
    return "\t".join(str(word).encode("unicode_escape").decode() for word in about)


def names(root: str, top: str):
    yield top
    for folder, folders, files in os.walk(os.path.join(root, top)):
        below = os.path.relpath(folder, root)
        # Unseen folders are not entered: os.walk looks at changes to this list. It follows no links.
        folders[:] = [name for name in folders if not UNSEEN.match(f"{below}/{name}")]
        yield from (f"{below}/{name}" for name in folders + files if not UNSEEN.match(f"{below}/{name}"))


def main(root: str) -> None:
    seen = {name for top in SEEN for name in names(root, top)}
    for name in sorted(seen):
        try:
            print(row(root, name))
        except FileNotFoundError:
            # A file that disappeared meanwhile, such as a log's temporary one.
            pass
    for name in sorted(os.listdir(os.path.join(root, "run"))):
        if not UNSEEN.match(f"run/{name}"):
            print(f"/run/{name}")


main(sys.argv[1])
