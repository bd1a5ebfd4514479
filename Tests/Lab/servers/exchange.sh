# Exchange, which nobody can have here: a stand-in (exchange/), behind a real sshd that calls itself Windows'. One kind a
# release: exchange-2007… exchange-se, exchange-edge. Hosts of one name (exch16, exch16-2…) are one organisation.
# shellcheck shell=bash

exchange_packages="python3 python3-dnspython"

# What sshd says of itself: exchange/README.md, "sshd".
windows_sshd_version=OpenSSH_for_Windows_8.1
# Everybody's; `lab up` puts it into run/windows-password.
windows_password='Passw0rd of the lab'
windows_users="Administrator mtactl viewer outsider"
organisation_on_host=/var/lib/exchange-organisation

exchange_2007_identity() { install_exchange "$1" "$2" 2007 dns; }
exchange_2010_identity() { install_exchange "$1" "$2" 2010 dns; }
exchange_2013_identity() { install_exchange "$1" "$2" 2013 clean; }
exchange_2016_identity() { install_exchange "$1" "$2" 2016 clean; }
exchange_2019_identity() { install_exchange "$1" "$2" 2019 clean; }
exchange_se_identity() { install_exchange "$1" "$2" SE clean; }
exchange_edge_identity() { install_exchange "$1" "$2" 2016-edge clean; }
# Windows without Exchange.
windows_identity() {
    install_windows "$1"
    echo '{"services": []}' >"$1/etc/exchange.json"
}

for exchange_release in 2007 2010 2013 2016 2019 se edge; do
    eval "exchange_${exchange_release}_binds() { exchange_binds \"\$@\"; }"
    eval "exchange_${exchange_release}_forget() { exchange_forget \"\$@\"; }"
done

# install_exchange ROOT FQDN VERSION MODEL
install_exchange() {
    local host=$1 fqdn=$2 version=$3 model=$4 label=${2%%.*} members
    install_windows "$host"
    members=$(exchange_members "${label%%-*}" "$version" "$label $fqdn")
    printf '{"server": "%s", "fqdn": "%s", "version": "%s", "model": "%s", "organisation": "%s",\n "services": %s,\n "members": [%s]}\n' \
        "${label^^}" "$fqdn" "$version" "$model" "$organisation_on_host" "$(exchange_services "$version")" "$members" \
        >"$host/etc/exchange.json"
    mkdir -p "$host$organisation_on_host"
    windows_unit "$host" MSExchangeTransport standin.transport Type=notify 'ExecStartPre=/usr/local/bin/stand-in prepare'
    windows_unit "$host" Schedule standin.scheduler 'ExecStartPre=/usr/local/bin/stand-in prepare'
    case $version in
        2007 | 2010) windows_unit "$host" MSExchangeADTopology 'standin.idle' ;;
        *edge) windows_unit "$host" ADAM_MSExchange 'standin.idle' ;;
        *) windows_unit "$host" MSExchangeFrontEndTransport 'standin.idle' ;;
    esac
}

# exchange_services VERSION: the names of its services, as JSON.
exchange_services() {
    case $1 in
        2007 | 2010) echo '["MSExchangeTransport", "MSExchangeADTopology"]' ;;
        *edge) echo '["MSExchangeTransport", "ADAM_MSExchange"]' ;;
        *) echo '["MSExchangeTransport", "MSExchangeFrontEndTransport"]' ;;
    esac
}

# exchange_members KIND VERSION "LABEL FQDN": the servers of an organisation as JSON: all hosts of a name, and this one.
exchange_members() {
    {
        echo "$3"
        [[ ! -e $run/hosts.table ]] || awk -v kind="$1" '
            $1 == kind || index($1, kind "-") == 1 { split($4, label, "."); print label[1], $4 }' "$run/hosts.table"
    } | sort -u | awk -v version="$2" '{
        printf "%s{\"server\": \"%s\", \"fqdn\": \"%s\", \"version\": \"%s\"}", s, toupper($1), $2, version; s = ", " }'
}

# The folder of an organisation on this machine, which its hosts share.
organisation_of() { echo "$state/.organisations/${1%%-*}"; }

# exchange_binds HOST: what systemd-nspawn is to show the host.
exchange_binds() {
    mkdir -p "$(organisation_of "$1")"
    echo "--bind=$(organisation_of "$1"):$organisation_on_host"
}

# exchange_forget HOST: the directory, and what this server had in its queue and its logs.
exchange_forget() {
    local folder
    folder=$(organisation_of "$1")
    rm -rf "$folder/directory.json" "$folder/servers/${1^^}"
}

# install_windows ROOT: what every Windows host of the lab has: accounts, the shell, sshd's name, a disk C:.
install_windows() {
    local host=$1 user name
    local password accounts='' comma=''
    password=$(openssl passwd -6 "$windows_password")
    rm -rf "$host/usr/local/lib/exchange"
    cp -a "$lab/exchange" "$host/usr/local/lib/exchange"
    mkdir -p "$host/C:/ProgramData" "$host/var/lib/exchange"
    windows_program "$host/usr/local/bin/stand-in" standin.control
    windows_program "$host/usr/local/bin/windows-shell" standin.shell
    # All are root by number: who may do what is the model's affair.
    for user in $windows_users; do
        mkdir -p "$host/home/windows/$user"
        for name in "$user" "LAB\\$user"; do
            printf '%s:x:0:0::/home/windows/%s:/usr/local/bin/windows-shell\n' "$name" "$user" >>"$host/etc/passwd"
            printf '%s:%s:19000:0:99999:7:::\n' "$name" "$password" >>"$host/etc/shadow"
        done
        accounts+="$comma\"${user,,}\": \"$windows_password\""
        comma=', '
    done
    echo "{$accounts}" >"$host/etc/exchange-accounts.json"
    install_windows_sshd "$host"
}

# windows_program PATH MODULE
windows_program() {
    printf '%s\n' '#!/bin/sh' 'export PYTHONPATH=/usr/local/lib/exchange' "exec python3 -B -m $2 \"\$@\"" >"$1"
    chmod 0755 "$1"
}

# windows_unit ROOT NAME MODULE LINE…: a service of Windows as a unit of systemd, with lines for its section.
windows_unit() {
    local host=$1 name=$2 module=$3
    shift 3
    printf '%s\n' '[Unit]' "Description=$name" '[Service]' 'Environment=PYTHONPATH=/usr/local/lib/exchange' "$@" \
        "ExecStart=/usr/bin/python3 -B -m $module" '[Install]' 'WantedBy=multi-user.target' \
        >"$host/etc/systemd/system/$name.service"
    ln -sf "/etc/systemd/system/$name.service" "$host/etc/systemd/system/multi-user.target.wants/$name.service"
}

# install_windows_sshd ROOT: a private copy of Debian's sshd whose software version is Windows', and its settings.
install_windows_sshd() {
    local host=$1
    mkdir -p "$host/usr/local/lib/windows" "$host/etc/systemd/system/ssh.service.d"
    /usr/bin/python3 "$lab/exchange/rename-sshd" "$host/usr/sbin/sshd" "$host/usr/local/lib/windows/sshd" \
        "$windows_sshd_version"
    printf '%s\n' '[Service]' 'ExecStart=' 'ExecStart=/usr/local/lib/windows/sshd -D' \
        >"$host/etc/systemd/system/ssh.service.d/windows.conf"
    printf '%s\n' 'PermitRootLogin yes' 'DenyUsers root' 'PasswordAuthentication yes' 'KbdInteractiveAuthentication no' \
        'ExposeAuthInfo yes' 'PrintMotd no' >"$host/etc/ssh/sshd_config.d/windows.conf"
}
