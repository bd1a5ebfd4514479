# Sendmail: what it says of itself, what its configuration is made of, and the tables that decide in addition to ours.

# shellcheck disable=SC2013,SC2016,SC2034,SC2154 # names have no blanks; $= is sendmail's own; sendmail_path and the like are of facts.sh, which reads program

server sendmail /usr/libexec/sendmail/sendmail /usr/sbin/sendmail.sendmail /usr/lib/sm.bin/sendmail
found sendmail sendmail_own
logs sendmail.log

version_of_sendmail() { # PROGRAM: it reads its configuration first
    sendmail_look
    [ -n "$sendmail_whose" ] || ask mta.version.sendmail "$1" -d0.1 -bt
}

# sendmail_look: sets mc; sources: what m4 reads of the host's own, as far as names are written out; and sendmail_whose:
# what of all that is run or read as root others can change, or is no file.
#
# m4 runs what syscmd says, make what Makefile says, Sendmail what a class says. So nobody asks them before.
sendmail_looked=''
sendmail_look() {
    [ -z "$sendmail_looked" ] || return 0
    sendmail_looked=yes mc=/etc/mail/sendmail.mc sources='' users=''
    if [ -f /etc/mail/freebsd.mc ]; then mc=/etc/mail/$(hostname).mc; fi
    # There /etc/mail belongs to the daemon's user.
    if [ -d /usr/share/sendmail/cf/debian ]; then users=smmta; fi
    left="$mc$newline/etc/mail/submit.mc$newline"
    while [ -n "$left" ]; do
        f=${left%%"$newline"*} left=${left#*"$newline"}
        case $f in '') continue ;; /*) ;; *) f=/etc/mail/$f ;; esac
        case $newline$sources in *"$newline$f$newline"*) continue ;; esac
        [ -e "$f" ] || continue
        sources=$sources$f$newline
        case $f in /usr/share/sendmail*) continue ;; esac
        [ ! -f "$f" ] || left=$left$(sendmail_includes "$f")$newline
    done
    set -f
    IFS=$newline
    # shellcheck disable=SC2086 # names in lines
    set -- /etc/mail/sendmail.cf /etc/mail/submit.cf /etc/mail/Makefile /etc/mail/make /etc/mail/databases \
        /etc/mail/sendmail.conf $sources
    unset IFS
    set +f
    exposed "$users" "$@"
    sendmail_whose=$whose
    [ -f /etc/mail/sendmail.cf ] || return 0
    for f in $(sed -n -e 's/^F[^/|]*\(\/[^ ]*\).*/\1/p' -e 's/^K.* \(\/[^ ]*\)$/\1.db/p' \
        -e 's/^O AliasFile=[^/]*\(\/[^ ,]*\).*/\1/p' /etc/mail/sendmail.cf); do
        read_at_once "$f" || sendmail_whose="$sendmail_whose$f: not a file$newline"
    done
}

sendmail_includes() { # FILE: the names of the files that it includes, one a line
    tr '(' '\n' <"$1" | awk 'was { sub(/^`/, ""); sub(/[`\047)].*/, ""); print } { was = /include$/ }'
}

sendmail_runs() { # what of the configuration has m4 or Sendmail run a program
    left=$sources
    while [ -n "$left" ]; do
        f=${left%%"$newline"*} left=${left#*"$newline"}
        case $f in /usr/share/sendmail*) continue ;; esac
        if sed '/^[[:blank:]]*dnl/d' "$f" | grep -q 'syscmd'; then printf '%s: syscmd\n' "$f"; fi
    done
    if grep -q '^F[^/]*|' /etc/mail/sendmail.cf; then echo '/etc/mail/sendmail.cf: F|'; fi
    return 0
}

sendmail_own() { # built from source, or of an old system: the name tells nothing, its configuration does
    [ -e /etc/mail/sendmail.cf ] && [ -z "$sendmail_word" ] || return 1
    case $sendmail_path in */sendmail) program=$sendmail_path ;; esac
}

sendmail_tools() { # what a configuration is made with, and the plug-ins to log in: lines KIND NAME
    for tool in m4 make makemap; do
        if command -v "$tool" >/dev/null; then echo "tool $tool"; fi
    done
    for f in /usr/lib/*/sasl2/lib*.so /usr/lib/sasl2/lib*.so /usr/lib64/sasl2/lib*.so /usr/local/lib/sasl2/lib*.so; do
        [ ! -e "$f" ] || echo "plug-in ${f##*/}"
    done
    if [ -d /usr/share/sendmail/cf/debian ]; then echo layout debian; fi
    if [ -d /usr/share/sendmail-cf ]; then echo layout redhat; fi
    if [ -f /etc/mail/freebsd.mc ]; then echo layout freebsd; fi
    for f in /etc/ssl/certs/*.0; do
        [ ! -e "$f" ] || echo "certificates ${f%/*}"
        break
    done
    for f in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
        [ ! -s "$f" ] || echo "bundle $f"
    done
}

sendmail_made() { # what m4 makes of the configuration, less its comments, against what is there: same or different
    # Only cfhead.m4 is to run anything, for a comment; and nothing is to be written.
    set -- -Dsyscmd= -Desyscmd= -Dbuiltin= -Ddebugfile= -Dmaketemp=/dev/null -Dmkstemp=/dev/null
    case $mc in
        /etc/mail/sendmail.mc) set -- "$@" "$mc" ;;
        *) set -- "$@" -D_CF_DIR_=/usr/share/sendmail/cf/ /usr/share/sendmail/cf/m4/cf.m4 "$mc" ;;
    esac
    made=$(cd /etc/mail && m4 "$@" | grep -v '^#')
    if [ "$made" = "$(grep -v '^#' /etc/mail/sendmail.cf)" ]; then echo same; else echo different; fi
}

sendmail_names() { # the domains that it delivers itself, and the experimental parts it was built with
    printf '$=w\n$={VirtHost}\n' | "$sendmail" -d0.13 -bt | sed -n -e '/_FFR_/p' -e '/^>/,$p'
}

sendmail_lines() { # what of sendmail.cf says where mail goes
    sed -n -e '/^D[SM]/p' -e '/^O DeliveryMode=/p' -e '/^SParse1/p' -e '/^Kmailertable /p' -e '/^O CACert/p' -e '/^O Fall[bB]ack/p' -e '/^M[^,]*,/,/A=/p' /etc/mail/sendmail.cf
}

sendmail_option() { # NAME DEFAULT: of sendmail.cf
    value=$(sed -n "s/^O $1=//p" /etc/mail/sendmail.cf)
    printf '%s\n' "${value:-$2}"
}

sendmail_running() { # the file with the daemon's process id, and whether that runs
    pid_file=$(sendmail_option PidFile /var/run/sendmail.pid)
    echo "$pid_file"
    if [ -f "$pid_file" ] && read -r pid 2>/dev/null <"$pid_file" && kill -0 "$pid" 2>/dev/null; then echo running; else echo stopped; fi
}

sendmail_queued() { # how many messages are in the queue, without asking a daemon
    queue=$(sendmail_option QueueDirectory /var/spool/mqueue)
    find "${queue%%\**}" -type f -name '[qQ]f*' 2>/dev/null | wc -l
}

sendmail_logins() { # of foreign tables of logins: lines SERVER USER; the passwords stay on the host
    for f in /etc/mail/authinfo /etc/mail/access; do
        [ ! -f "$f" ] || sed -n 's/^[Aa]uth[Ii]nfo:\([^[:blank:]]*\)[[:blank:]].*"[UI]:\([^"]*\)".*/\1 \2/p' "$f" 2>/dev/null
    done
    return 0
}

sendmail_submit() { # where what is handed in on the host goes: the host part of the route, then the port
    [ -f /etc/mail/submit.cf ] || return 0
    sed -n -e 's/^D{MTAHost}/host /p' -e '/^Mrelay,/,/A=/s/.*A=[A-Z]* \$h/port/p' /etc/mail/submit.cf
}

sendmail_facts() {
    [ -e /etc/mail/sendmail.cf ] || return 0
    for sendmail in /usr/libexec/sendmail/sendmail /usr/sbin/sendmail.sendmail /usr/lib/sm.bin/sendmail; do
        [ ! -x "$sendmail" ] || break
        sendmail=
    done
    if [ -z "$sendmail" ] && [ -z "$sendmail_word" ]; then
        case $sendmail_path in */sendmail) sendmail=$sendmail_path ;; esac
    fi
    [ -n "$sendmail" ] || return 0
    sendmail_look
    ask sendmail.program echo "$sendmail"
    ask sendmail.source echo "$mc"
    ask sendmail.tools sendmail_tools
    answer sendmail.exposed "$sendmail_whose"
    file "$mc"
    [ -f /etc/mail/sendmail.cf ] || return 0
    ask sendmail.lines sendmail_lines
    ask sendmail.submit sendmail_submit
    if [ -z "$sendmail_whose" ]; then
        runs=$(sendmail_runs)
        answer sendmail.runs "$runs"
        if [ -z "$runs" ]; then
            ask sendmail.made sendmail_made
            ask sendmail.names sendmail_names
        fi
    fi
    ask sendmail.running sendmail_running
    survey sendmail.queued sendmail_queued
    ask sendmail.logins sendmail_logins
    release
    file "$path"
    file /etc/mail/relay-domains
    table=$(sed -n 's/^Kmailertable .* \(\/[^ ]*\)$/\1/p' /etc/mail/sendmail.cf)
    [ -z "$table" ] || file "${table%.db}"
    for f in /etc/mail/mtactl-*; do
        case $f in *.mtactl-*) continue ;; esac
        [ ! -f "$f" ] || file "$f"
    done
}
asks sendmail_facts
