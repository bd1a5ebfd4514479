# qmail: which build it is, its control files, its log. Reads only; nothing of qmail is run.

server qmail /var/qmail/bin/qmail-showctl /var/lib/qmail/bin/qmail-showctl
sendmail_at /var/qmail/bin/sendmail
logs qmail/current qmail/send/current

qmail_words() { # the words by which builds are told apart, one a line
    set -- "$1" "$1/qmail-remote"
    # What signs mail is in its place, and runs it by another name: qmail-remote.orig, of spawn-filter and scripts.
    for other in "$1"/qmail-remote?*; do
        if [ -x "$other" ] && grep -qF "${other##*/}" "$1/qmail-remote" 2>/dev/null; then set -- "$@" "$other"; fi
    done
    bin=$1
    shift
    read_at_once "$@" "$bin/qmail-smtpd" || return 0
    for word in control/authsenders control/remoteauth control/remotesecrets control/tlshosts STARTTLS \
        'STARTTLS proto=' 'AUTH LOGIN' 'AUTH PLAIN'; do
        if grep -q "$word" "$@" 2>/dev/null; then printf '%s\n' "$word"; fi
    done
    # Their answers to HELP differ.
    for word in notqmail netqmail; do
        if grep -q "$word home page" "$bin/qmail-smtpd" 2>/dev/null; then printf '%s\n' "$word"; fi
    done
    return 0
}

# shellcheck disable=SC2009 # there is no pgrep on every host
qmail_running() {
    if ps -A -o comm= 2>/dev/null | grep -q '^qmail-send'; then echo yes; else echo no; fi
}

# qmail_logger PROCESS: whether it runs as root or a user of qmail's: a process can have any name, and write any log.
qmail_logger() {
    while read -r word uid _; do
        [ "$word" != Uid: ] || break
    done 2>/dev/null <"$1/status"
    [ "$word" = Uid: ] || return
    [ "$uid" != 0 ] || return 0
    for user in qmaill qmails log; do
        [ "$(id -u "$user" 2>/dev/null)" != "$uid" ] || return 0
    done
    return 1
}

# Whether systemd keeps what qmail-send says: its log, which is its descriptor 0 (1 of others' builds), is a socket where a
# logger's is a pipe. Source: sslog in qsutil.c.
qmail_output() {
    command -v journalctl >/dev/null 2>&1 || return
    for c in /proc/[0-9]*/comm; do
        read -r name 2>/dev/null <"$c" || continue
        [ "$name" = qmail-send ] || continue
        qmail_logger "${c%/comm}" || continue
        for fd in 0 1; do
            case $(readlink "${c%/comm}/fd/$fd" 2>/dev/null) in socket:*) return 0 ;; esac
        done
    done
    return 1
}

# The file of the multilog that qmail-send writes to, else `output` for what systemd keeps of it, else the mail log of a
# syslog daemon, else `journal`.
qmail_log() {
    for c in /proc/[0-9]*/comm; do
        read -r name 2>/dev/null <"$c" || continue
        case $name in multilog | svlogd | s6-log | cyclog) ;; *) continue ;; esac
        c=${c%/comm}
        qmail_logger "$c" || continue
        for f in $(tr '\0' '\n' <"$c/cmdline" 2>/dev/null); do
            case $f in /*) ;; ./*) f=$(readlink -f "$c/cwd")/${f#./} ;; *) continue ;; esac
            f=$(readlink -f "$f/current" 2>/dev/null) || continue
            # Only qmail-send says this, when it starts and with each delivery.
            for log in "$f" "${f%/current}"/@*; do
                [ -f "$log" ] && grep -q ' status: local [0-9]' "$log" 2>/dev/null && printf '%s\n' "$f" && return 0
            done
        done
    done
    if qmail_output; then
        echo output
        return
    fi
    for c in /proc/[0-9]*/comm; do
        read -r name 2>/dev/null <"$c" || continue
        case $name in
        rsyslogd | syslogd | syslog-ng)
            for f in /usr/local/psa/var/log/maillog /var/log/maillog /var/log/mail.log /var/log/mail /var/log/syslog /var/log/messages; do
                [ -f "$f" ] && readlink -f "$f" && return 0
            done
            ;;
        esac
    done
    for f in /var/log/qmail/current /var/log/qmail/qmail-send/current /var/log/qmail/send/current /var/log/maillog; do
        [ -e /proc/self/comm ] || { [ -f "$f" ] && echo "$f" && return 0; }
    done
    command -v journalctl >/dev/null 2>&1 && echo journal
    return 0
}

qmail_queued() {
    find "$1/queue/mess" -type f 2>/dev/null | wc -l
}

qmail_facts() {
    for home in /var/qmail /var/lib/qmail /var/indimail /usr/local/qmail; do
        [ -f "$home/bin/qmail-remote" ] || continue
        home=$(readlink -f "$home")
        ask qmail.home printf '%s\n' "$home"
        ask qmail.words qmail_words "$home/bin"
        ask qmail.running qmail_running
        ask qmail.log qmail_log
        survey qmail.queued qmail_queued "$home"
        [ ! -d "$home/control/tlshosts" ] || ask qmail.tlshosts ls "$home/control/tlshosts"
        for f in smtproutes authsenders me locals virtualdomains rcpthosts morercpthosts; do file "$home/control/$f"; done
        return
    done
}
asks qmail_facts
