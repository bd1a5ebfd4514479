# nullmailer: its list of remote hosts, who runs it, and what waits.

# shellcheck disable=SC2154 # owner and group are set by status_of

server nullmailer nullmailer-send
marked nullmailer nullmailer

version_of_nullmailer() { # the package's: with any argument nullmailer-send sends
    ask mta.version.nullmailer package nullmailer
}

nullmailer_queued() { # how many messages wait
    find "$1/queue" -type f 2>/dev/null | wc -l
}

nullmailer_facts() {
    command -v nullmailer-send >/dev/null || return 0
    folder=/etc/nullmailer spool=/var/spool/nullmailer
    [ -d "$folder" ] || folder=/usr/local/etc/nullmailer
    ask nullmailer.folder printf '%s\n' "$folder"
    looked=$(look "$spool/queue")
    if [ -n "$looked" ]; then
        status_of "$looked"
        ask nullmailer.user printf '%s %s\n' "$owner" "$group"
    fi
    survey nullmailer.queued nullmailer_queued "$spool"
    [ ! -d /run/systemd/system ] || ask nullmailer.running systemctl is-active nullmailer
    file "$folder/remotes"
}
asks nullmailer_facts
