# Kerio Connect on Linux, which nobody can have here: a stand-in (kerio/), with what it shares with others (labmail/).
# shellcheck shell=bash

# curl is for whoever talks to the administration from the host itself.
kerio_packages="python3 python3-dnspython curl"
# The administrator's; `lab up` puts it into run/kerio-password. viewer may read, alice is no administrator.
kerio_password='Passw0rd of Kerio'

kerio_identity() {
    local host=$1 fqdn=$2 home=$1/opt/kerio/mailserver user
    standin_python "$host" kerio
    mkdir -p "$home/store/queue" "$home/sslcert"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=$fqdn" \
        -addext "subjectAltName=DNS:$fqdn" -keyout "$home/sslcert/server.key" -out "$home/sslcert/server.crt" 2>/dev/null
    chmod 0600 "$home/sslcert/server.key"
    standin_program "$home/sendmail" kerio.sendmail
    standin_program "$host/usr/local/bin/stand-in" kerio.control
    standin_unit "$host" kerio-connect kerio.mailserver 'Kerio Connect' Type=notify
    for user in admin viewer alice; do
        printf '%s:%s\n' "$user" "$kerio_password"
    done >"$host/root/.kerio-passwords"
    chroot "$host" /usr/local/bin/stand-in prepare "$fqdn" clean /root/.kerio-passwords
    rm "$host/root/.kerio-passwords"
}

kerio_is_ready() { [[ -e $1/opt/kerio/mailserver/store/logs/mail.log ]]; }
