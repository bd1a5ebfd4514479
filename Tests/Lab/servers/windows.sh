# A stand-in for Windows (windows/), behind a real sshd that says it is OpenSSH for Windows. Each product on it has a file
# here and a Python package (exchange.sh, mailenable.sh).
# shellcheck shell=bash

# The software version that sshd announces: windows/README.md, "sshd".
windows_sshd_version=OpenSSH_for_Windows_8.1
# Everybody's password; `lab up` puts it into run/windows-password.
windows_password='Passw0rd of the lab'
windows_users="Administrator mtactl viewer outsider"
windows_library=/usr/local/lib/stand-in

# Windows without a product.
windows_identity() {
    local host=$1 label=${2%%.*}
    install_windows "$host"
    printf '{"server": "%s", "fqdn": "%s", "services": []}\n' "${label^^}" "$2" >"$host/etc/windows.json"
}

# install_windows ROOT [FOLDER PACKAGE]: what every Windows host of the lab has: accounts, the shell, sshd's name, a disk
# C:, and the Python package of what runs on it.
install_windows() {
    local host=$1 user name
    local password accounts='' comma=''
    password=$(openssl passwd -6 "$windows_password")
    mkdir -p "$host/C:/ProgramData" "$host/var/lib/windows" "$host$windows_library"
    cp -a "$lab/windows/windows" "$lab/windows/pins" "$host$windows_library/"
    (($# == 1)) || cp -a "$lab/$2/$3" "$host$windows_library/"
    windows_program "$host/usr/local/bin/stand-in" windows.control
    windows_program "$host/usr/local/bin/windows-shell" windows.shell
    # All have root's user id: the model decides who may do what.
    for user in $windows_users; do
        mkdir -p "$host/home/windows/$user"
        for name in "$user" "LAB\\$user"; do
            printf '%s:x:0:0::/home/windows/%s:/usr/local/bin/windows-shell\n' "$name" "$user" >>"$host/etc/passwd"
            printf '%s:%s:19000:0:99999:7:::\n' "$name" "$password" >>"$host/etc/shadow"
        done
        accounts+="$comma\"${user,,}\": \"$windows_password\""
        comma=', '
    done
    echo "{$accounts}" >"$host/etc/windows-accounts.json"
    install_windows_sshd "$host"
}

# windows_program PATH MODULE
windows_program() {
    printf '%s\n' '#!/bin/sh' "export PYTHONPATH=$windows_library" "exec python3 -B -m $2 \"\$@\"" >"$1"
    chmod 0755 "$1"
}

# windows_unit ROOT NAME MODULE LINE…: a service of Windows as a unit of systemd, with lines for its section.
windows_unit() {
    local host=$1 name=$2 module=$3
    shift 3
    printf '%s\n' '[Unit]' "Description=$name" '[Service]' "Environment=PYTHONPATH=$windows_library" "$@" \
        "ExecStart=/usr/bin/python3 -B -m $module" '[Install]' 'WantedBy=multi-user.target' \
        >"$host/etc/systemd/system/$name.service"
    ln -sf "/etc/systemd/system/$name.service" "$host/etc/systemd/system/multi-user.target.wants/$name.service"
}

# install_windows_sshd ROOT: a private copy of Debian's sshd whose software version is Windows', and its settings.
install_windows_sshd() {
    local host=$1
    mkdir -p "$host/usr/local/lib/windows" "$host/etc/systemd/system/ssh.service.d"
    /usr/bin/python3 "$lab/windows/rename-sshd" "$host/usr/sbin/sshd" "$host/usr/local/lib/windows/sshd" \
        "$windows_sshd_version"
    printf '%s\n' '[Service]' 'ExecStart=' 'ExecStart=/usr/local/lib/windows/sshd -D' \
        >"$host/etc/systemd/system/ssh.service.d/windows.conf"
    printf '%s\n' 'PermitRootLogin yes' 'DenyUsers root' 'PasswordAuthentication yes' 'KbdInteractiveAuthentication no' \
        'ExposeAuthInfo yes' 'PrintMotd no' >"$host/etc/ssh/sshd_config.d/windows.conf"
}
