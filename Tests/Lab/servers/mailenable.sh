# A stand-in for MailEnable (mailenable/) on Windows (windows.sh).
# shellcheck shell=bash

mailenable_services="MESMTPCS MEMTAS MEPOCS MELCS MEPOPS MEIMAPS"

mailenable_identity() {
    local host=$1 fqdn=$2 label=${2%%.*} name
    local prepare='ExecStartPre=/usr/local/bin/stand-in prepare'
    install_windows "$host" mailenable mailenable
    printf '{"product": "mailenable", "server": "%s", "fqdn": "%s", "services": ["%s"]}\n' \
        "${label^^}" "$fqdn" "${mailenable_services// /\", \"}" >"$host/etc/windows.json"
    mailenable_draw >"$host/etc/mailenable.json"
    windows_unit "$host" Schedule windows.scheduler "$prepare"
    windows_unit "$host" MESMTPCS mailenable.smtp Type=notify "$prepare"
    windows_unit "$host" MEMTAS mailenable.mta "$prepare"
    windows_unit "$host" MEPOCS mailenable.postoffice "$prepare"
    for name in MELCS MEPOPS MEIMAPS; do
        windows_unit "$host" "$name" windows.idle
    done
}

# Drawn at random at each `up`, the same for all hosts: they have one version of MailEnable.
mailenable_draw() {
    local draw=$run/mailenable.json
    (
        flock 8
        # shellcheck disable=SC2154  # common.sh has it
        [[ -s $draw ]] || PYTHONPATH=$lab/windows:$lab/mailenable /usr/bin/python3 -B -m mailenable.draw >"$draw"
        cat "$draw"
    ) 8>"$draw.lock"
}

mailenable_is_ready() { [[ -d "$1/C:/Program Files (x86)/Mail Enable/Logging/SMTP" ]]; }
