# Sendmail: what it says of itself, what its configuration is made of, and the tables that decide in addition to ours.

# shellcheck disable=SC2016,SC2034,SC2154 # $= is sendmail's own; sendmail_path and the like are of facts.sh, which reads program

server sendmail /usr/libexec/sendmail/sendmail /usr/sbin/sendmail.sendmail /usr/lib/sm.bin/sendmail
found sendmail sendmail_own
logs sendmail.log

version_of_sendmail() { # PROGRAM
    ask mta.version.sendmail "$1" -d0.1 -bt
}

sendmail_own() { # built from source, or of an old system: the name tells nothing, its configuration does
    [ -f /etc/mail/sendmail.cf ] && [ -z "$sendmail_word" ] || return 1
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
    case $mc in
        /etc/mail/sendmail.mc) set -- "$mc" ;;
        *) set -- -D_CF_DIR_=/usr/share/sendmail/cf/ /usr/share/sendmail/cf/m4/cf.m4 "$mc" ;;
    esac
    made=$(cd /etc/mail && m4 "$@" | grep -v '^#')
    if [ "$made" = "$(grep -v '^#' /etc/mail/sendmail.cf)" ]; then echo same; else echo different; fi
}

sendmail_names() { # the domains that it delivers itself, and the experimental parts it was built with
    printf '$=w\n$={VirtHost}\n' | "$sendmail" -d0.13 -bt | sed -n -e '/_FFR_/p' -e '/^>/,$p'
}

sendmail_lines() { # what of sendmail.cf says where mail goes
    sed -n -e '/^D[SM]/p' -e '/^O DeliveryMode=/p' -e '/^SParse1/p' -e '/^Kmailertable /p' -e '/^O CACert/p' -e '/^M[^,]*,/,/A=/p' /etc/mail/sendmail.cf
}

sendmail_option() { # NAME DEFAULT: of sendmail.cf
    value=$(sed -n "s/^O $1=//p" /etc/mail/sendmail.cf)
    printf '%s\n' "${value:-$2}"
}

sendmail_running() { # the file with the daemon's process id, and whether that runs
    pid_file=$(sendmail_option PidFile /var/run/sendmail.pid)
    echo "$pid_file"
    if read -r pid 2>/dev/null <"$pid_file" && kill -0 "$pid" 2>/dev/null; then echo running; else echo stopped; fi
}

sendmail_queued() { # how many messages are in the queue, without asking a daemon
    queue=$(sendmail_option QueueDirectory /var/spool/mqueue)
    find "${queue%%\**}" -type f -name '[qQ]f*' 2>/dev/null | wc -l
}

sendmail_logins() { # of foreign tables of logins: lines SERVER USER; the passwords stay on the host
    sed -n 's/^[Aa]uth[Ii]nfo:\([^[:blank:]]*\)[[:blank:]].*"[UI]:\([^"]*\)".*/\1 \2/p' \
        /etc/mail/authinfo /etc/mail/access 2>/dev/null
    return 0
}

sendmail_facts() {
    [ -f /etc/mail/sendmail.cf ] || return 0
    for sendmail in /usr/libexec/sendmail/sendmail /usr/sbin/sendmail.sendmail /usr/lib/sm.bin/sendmail; do
        [ ! -x "$sendmail" ] || break
        sendmail=
    done
    if [ -z "$sendmail" ] && [ -z "$sendmail_word" ]; then
        case $sendmail_path in */sendmail) sendmail=$sendmail_path ;; esac
    fi
    [ -n "$sendmail" ] || return 0
    mc=/etc/mail/sendmail.mc
    if [ -f /etc/mail/freebsd.mc ]; then mc=/etc/mail/$(hostname).mc; fi
    ask sendmail.program echo "$sendmail"
    ask sendmail.source echo "$mc"
    ask sendmail.tools sendmail_tools
    ask sendmail.made sendmail_made
    ask sendmail.lines sendmail_lines
    ask sendmail.names sendmail_names
    ask sendmail.running sendmail_running
    survey sendmail.queued sendmail_queued
    ask sendmail.logins sendmail_logins
    release
    file "$path"
    file "$mc"
    file /etc/mail/relay-domains
    table=$(sed -n 's/^Kmailertable .* \(\/[^ ]*\)$/\1/p' /etc/mail/sendmail.cf)
    [ -z "$table" ] || file "${table%.db}"
    for f in /etc/mail/mtactl-*; do
        case $f in *.mtactl-*) continue ;; esac
        [ ! -f "$f" ] || file "$f"
    done
}
asks sendmail_facts
