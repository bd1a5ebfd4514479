# sSMTP: its settings. It keeps no queue.

server ssmtp ssmtp

version_of_ssmtp() { # PROGRAM
    ask mta.version.ssmtp "$1" -V
}

ssmtp_facts() {
    command -v ssmtp >/dev/null || return 0
    folder=/etc/ssmtp
    [ -d "$folder" ] || folder=/usr/local/etc/ssmtp
    ask ssmtp.folder printf '%s\n' "$folder"
    file "$folder/ssmtp.conf"
    file "$folder/revaliases"
}
asks ssmtp_facts
