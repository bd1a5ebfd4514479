# A stand-in for Kerio Connect (kerio/) on Linux and on Windows (windows.sh), with the library that such stand-ins share
# (labmail/).
# shellcheck shell=bash

# curl is for calls of the administration interface from the host itself.
kerio_packages="python3 python3-dnspython curl"
# The administrator's password; `lab up` puts it into run/kerio-password. viewer may read, alice is no administrator.
kerio_password='Passw0rd of Kerio'

kerio_identity() {
    local host=$1 fqdn=$2 home=$1/opt/kerio/mailserver
    standin_python "$host" kerio
    kerio_certificate "$home" "$fqdn"
    standin_program "$home/sendmail" kerio.sendmail
    standin_program "$host/usr/local/bin/stand-in" kerio.control
    standin_unit "$host" kerio-connect kerio.mailserver 'Kerio Connect' Type=notify
    kerio_setup "$host" prepare "$fqdn"
}

# The same model on Windows: Setup's folder, a service with Windows' name, and no sendmail.
kerio_windows_identity() {
    local host=$1 fqdn=$2 label=${2%%.*} home="$1/C:/Program Files/Kerio/MailServer"
    install_windows "$host" . kerio
    cp -a "$lab/labmail" "$host$windows_library/"
    mkdir -p "$host/opt/kerio"
    ln -sfn '/C:/Program Files/Kerio/MailServer' "$host/opt/kerio/mailserver"
    kerio_certificate "$home" "$fqdn"
    printf '{"product": "kerio", "server": "%s", "fqdn": "%s", "services": ["KerioMailServer"]}\n' \
        "${label^^}" "$fqdn" >"$host/etc/windows.json"
    windows_unit "$host" Schedule windows.scheduler
    windows_unit "$host" KerioMailServer kerio.mailserver Type=notify
    kerio_setup "$host" setup "$fqdn"
}

# kerio_certificate HOME FQDN: makes the certificate of its administration interface.
kerio_certificate() {
    local home=$1 fqdn=$2
    mkdir -p "$home/store/queue" "$home/sslcert"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=$fqdn" \
        -addext "subjectAltName=DNS:$fqdn" -keyout "$home/sslcert/server.key" -out "$home/sslcert/server.crt" 2>/dev/null
    chmod 0600 "$home/sslcert/server.key"
}

# kerio_setup ROOT VERB FQDN: writes accounts and configuration.
kerio_setup() {
    local host=$1 verb=$2 fqdn=$3 user
    for user in admin viewer alice; do
        printf '%s:%s\n' "$user" "$kerio_password"
    done >"$host/root/.kerio-passwords"
    chroot "$host" /usr/local/bin/stand-in "$verb" "$fqdn" clean /root/.kerio-passwords
    rm "$host/root/.kerio-passwords"
}

kerio_windows_is_ready() { [[ -e "$1/C:/Program Files/Kerio/MailServer/store/logs/mail.log" ]]; }

kerio_is_ready() { [[ -e $1/opt/kerio/mailserver/store/logs/mail.log ]]; }
