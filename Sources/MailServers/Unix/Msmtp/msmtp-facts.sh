# msmtp: the settings of the system, whether the program may read them where its user may not, and root's own.

# shellcheck disable=SC2154 # mode and group are set by status_of

server msmtp msmtp

version_of_msmtp() { # PROGRAM
    ask mta.version.msmtp "$1" --version
}

msmtp_facts() {
    program=$(command -v msmtp) || return 0
    if status_of "$program"; then ask msmtp.program printf '%s %s\n' "$mode" "$group"; fi
    folder=/etc
    [ -e /etc/msmtprc ] || [ ! -e /usr/local/etc/msmtprc ] || folder=/usr/local/etc
    ask msmtp.folder printf '%s\n' "$folder"
    for f in "${HOME:-/root}/.msmtprc" "${HOME:-/root}/.config/msmtp/config"; do
        [ ! -e "$f" ] || ask msmtp.own printf '%s\n' "$f"
    done
    file "$folder/msmtprc"
}
asks msmtp_facts
