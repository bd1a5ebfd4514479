# sSMTP: its settings. It keeps no queue.

ssmtp_facts() {
    command -v ssmtp >/dev/null || return 0
    folder=/etc/ssmtp
    [ -d "$folder" ] || folder=/usr/local/etc/ssmtp
    ask ssmtp.folder printf '%s\n' "$folder"
    file "$folder/ssmtp.conf"
}
ssmtp_facts
