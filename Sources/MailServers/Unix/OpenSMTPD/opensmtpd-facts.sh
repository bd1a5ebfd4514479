# OpenSMTPD: its configuration and what that includes, whether it can be read, and what waits.

# shellcheck disable=SC2013,SC2154 # newline is of facts.sh; word splitting is intended: the pattern takes no blanks

server opensmtpd smtpctl

version_of_opensmtpd() { # PROGRAM: the daemon prints it on stderr, and exits 1
    ask mta.version.opensmtpd "${1%/smtpctl}/smtpd" -h
}

opensmtpd_queued() { # how many envelopes wait
    find /var/spool/smtpd/queue -type f ! -name message 2>/dev/null | wc -l
}

opensmtpd_includes() { # CONF: the files that it includes
    sed -n 's/^[[:blank:]]*include[[:blank:]]*"\(\/[^"[:blank:]]*\)".*/\1/p' "$1"
}

opensmtpd_files() { # CONF: the files of its tables and certificates
    sed -n -e 's/^[[:blank:]]*table[[:blank:]].*[[:blank:]:"]\(\/[^"[:blank:]]*\).*/\1/p' \
        -e 's/^[[:blank:]]*pki[[:blank:]].*"\(\/[^"[:blank:]]*\)".*/\1/p' \
        -e 's/^[[:blank:]]*ca[[:blank:]].*"\(\/[^"[:blank:]]*\)".*/\1/p' "$1"
}

opensmtpd_facts() {
    command -v smtpctl >/dev/null || return 0
    for conf in /etc/smtpd.conf /etc/mail/smtpd.conf /etc/opensmtpd/smtpd.conf /etc/smtpd/smtpd.conf \
        /usr/local/etc/mail/smtpd.conf; do
        [ ! -e "$conf" ] || break
    done
    [ -e "$conf" ] || return 0
    ask opensmtpd.conf printf '%s\n' "$conf"
    file "$conf"
    [ -f "$conf" ] || return 0
    # What its lines name, smtpd reads too: one that is no file is told, and not waited for.
    includes=$(opensmtpd_includes "$conf")
    # shellcheck disable=SC2086 # names without blanks
    exposed '' "$conf" $includes
    # Of owners and groups the plan has a note: nothing of these files is run here.
    whose=$(printf '%s' "$whose" | grep -v -e ': it belongs to user [0-9]*$' -e ': group [0-9]* can write to it$')
    whose=$whose${whose:+$newline}
    for f in $includes $(opensmtpd_files "$conf"); do
        read_at_once "$f" || whose="$whose$f: not a file$newline"
    done
    answer opensmtpd.exposed "$whose"
    [ -z "$whose" ] || return 0
    ask opensmtpd.check smtpd -n -f "$conf"
    ask opensmtpd.running smtpctl show status
    ask opensmtpd.user grep -E '^(opensmtpd|_smtpd|smtpd):' /etc/passwd
    ask opensmtpd.groups grep -E '^(opensmtpd|_smtpd|smtpd):' /etc/group
    survey opensmtpd.queued opensmtpd_queued
    file "${conf%/*}/smtpd-mtactl-logins"
    # Domains that rules look up in a file of their own.
    for t in $(sed -n 's/^[[:blank:]]*match.* domain <\([^>]*\)>.*/\1/p' "$conf" | sort -u); do
        f=$(sed -n "s|^[[:blank:]]*table[[:blank:]]*\"\{0,1\}$t\"\{0,1\}[[:blank:]]*\"\{0,1\}\(file:\)\{0,1\}\(/[^\"[:blank:]]*\).*|\2|p" "$conf")
        case $f in /*) file "$f" ;; esac
    done
    for f in $includes; do file "$f"; done
}
asks opensmtpd_facts
