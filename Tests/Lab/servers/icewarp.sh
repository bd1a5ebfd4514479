# IceWarp on Linux, which nobody can have here: a stand-in (icewarp/), with what it shares with others (labmail/).
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

icewarp_is_ready() { [[ -e $1/opt/icewarp/var/icewarpd.pid ]]; }
