# A stand-in for IceWarp (icewarp/) on Linux and on Windows (windows.sh), with the library that such stand-ins share (labmail/).
# shellcheck shell=bash

icewarp_packages="python3 python3-dnspython"

icewarp_identity() {
    local host=$1 fqdn=$2 home=$1/opt/icewarp
    standin_python "$host" icewarp
    mkdir -p "$home"/{config,logs/smtp,mail/_outgoing/retry,mail/_incoming,temp,var} "$host/etc/icewarp"
    echo 'IWS_INSTALL_DIR="/opt/icewarp"' >"$host/etc/icewarp/icewarp.conf"
    standin_program "$home/tool.sh" icewarp.tool
    standin_program "$home/icewarpd.sh" icewarp.icewarpd
    standin_program "$host/usr/local/bin/stand-in" icewarp.control
    standin_unit "$host" icewarp icewarp.daemon 'IceWarp Server' Type=notify
    chroot "$host" /usr/local/bin/stand-in prepare "$fqdn" clean
}

# The same model on Windows: Setup's folder, tool.exe in place of tool.sh, a service for each module.
icewarp_windows_identity() {
    local host=$1 fqdn=$2 label=${2%%.*} name
    local home="$1/C:/Program Files/IceWarp" prepare='ExecStartPre=/usr/local/bin/stand-in prepare'
    install_windows "$host" . icewarp
    cp -a "$lab/labmail" "$host$windows_library/"
    mkdir -p "$home"/{config,logs/smtp,mail/_outgoing/retry,mail/_incoming,temp,var} "$host/opt"
    ln -sfn '/C:/Program Files/IceWarp' "$host/opt/icewarp"
    windows_program "$home/tool.exe" icewarp.tool
    printf '{"product": "icewarp", "server": "%s", "fqdn": "%s", "services": ["%s"]}\n' \
        "${label^^}" "$fqdn" "${icewarp_windows_services// /\", \"}" >"$host/etc/windows.json"
    windows_unit "$host" Schedule windows.scheduler "$prepare"
    windows_unit "$host" IceWarpSMTP icewarp.service Type=notify "$prepare"
    for name in IceWarpControl IceWarpPOP3 IceWarpIM IceWarpGW; do
        windows_unit "$host" "$name" windows.idle
    done
}

icewarp_windows_services="IceWarpSMTP IceWarpControl IceWarpPOP3 IceWarpIM IceWarpGW"

icewarp_windows_is_ready() { [[ -e "$1/C:/Program Files/IceWarp/config/settings.cfg" ]]; }

icewarp_is_ready() { [[ -e $1/opt/icewarp/var/icewarpd.pid ]]; }
