# msmtp: the settings of the system, whether the program may read them where its user may not, root's own and other users',
# and the programs that PHP sends with.

# shellcheck disable=SC2154 # mode and group are set by status_of

server msmtp msmtp

version_of_msmtp() { # PROGRAM
    ask mta.version.msmtp "$1" --version
}

msmtp_php() { # FILE:LINE of PHP's settings that name the program for mail
    for f in /etc/php.ini /etc/php.d/*.ini /etc/php-fpm.d/*.conf \
        /etc/php/*/*/php.ini /etc/php/*/*/conf.d/*.ini /etc/php/*/*/pool.d/*.conf /usr/local/etc/php.ini \
        /usr/local/etc/php/php.ini /usr/local/etc/php/conf.d/*.ini; do
        [ ! -f "$f" ] || grep -Hs '^[[:blank:]]*\(php\(_admin\)\{0,1\}_value\[\)\{0,1\}sendmail_path' "$f"
    done
    return 0
}

msmtp_users() { # settings of users but root
    for f in /home/*/.msmtprc /home/*/.config/msmtp/config /var/www/.msmtprc; do [ ! -f "$f" ] || printf '%s\n' "$f"; done
}

msmtp_facts() {
    program=$(command -v msmtp) || return 0
    looked=$(look "$program")
    if [ -n "$looked" ]; then
        status_of "$looked"
        ask msmtp.program printf '%s %s\n' "$mode" "$group"
    fi
    folder=/etc
    [ -e /etc/msmtprc ] || [ ! -e /usr/local/etc/msmtprc ] || folder=/usr/local/etc
    ask msmtp.folder printf '%s\n' "$folder"
    for f in "${HOME:-/root}/.msmtprc" "${HOME:-/root}/.config/msmtp/config"; do
        [ ! -e "$f" ] || ask msmtp.own printf '%s\n' "$f"
    done
    ask msmtp.php msmtp_php
    ask msmtp.users msmtp_users
    file "$folder/msmtprc"
}
asks msmtp_facts
