# A stand-in for Exchange (exchange/) on Windows (windows.sh): one kind for each release, exchange-2007 to exchange-se, and
# exchange-edge. Hosts of one name (exch16, exch16-2…) are one organisation.
# shellcheck shell=bash

exchange_packages="python3 python3-dnspython"

organisation_on_host=/var/lib/exchange-organisation

exchange_2007_identity() { install_exchange "$1" "$2" 2007 dns; }
exchange_2010_identity() { install_exchange "$1" "$2" 2010 dns; }
exchange_2013_identity() { install_exchange "$1" "$2" 2013 clean; }
exchange_2016_identity() { install_exchange "$1" "$2" 2016 clean; }
exchange_2019_identity() { install_exchange "$1" "$2" 2019 clean; }
exchange_se_identity() { install_exchange "$1" "$2" SE clean; }
exchange_edge_identity() { install_exchange "$1" "$2" 2016-edge clean; }

for exchange_release in 2007 2010 2013 2016 2019 se edge; do
    eval "exchange_${exchange_release}_binds() { exchange_binds \"\$@\"; }"
    eval "exchange_${exchange_release}_forget() { exchange_forget \"\$@\"; }"
done

# install_exchange ROOT FQDN VERSION MODEL
install_exchange() {
    local host=$1 fqdn=$2 version=$3 model=$4 label=${2%%.*} members
    install_windows "$host" exchange standin
    members=$(exchange_members "${label%%-*}" "$version" "$label $fqdn")
    printf '{"product": "standin", "server": "%s", "fqdn": "%s", "services": %s,\n "version": "%s", "model": "%s",\n "organisation": "%s", "members": [%s]}\n' \
        "${label^^}" "$fqdn" "$(exchange_services "$version")" "$version" "$model" "$organisation_on_host" "$members" \
        >"$host/etc/windows.json"
    mkdir -p "$host$organisation_on_host"
    windows_unit "$host" MSExchangeTransport standin.transport Type=notify 'ExecStartPre=/usr/local/bin/stand-in prepare'
    windows_unit "$host" Schedule windows.scheduler 'ExecStartPre=/usr/local/bin/stand-in prepare'
    case $version in
        2007 | 2010) windows_unit "$host" MSExchangeADTopology windows.idle ;;
        *edge) windows_unit "$host" ADAM_MSExchange windows.idle ;;
        *) windows_unit "$host" MSExchangeFrontEndTransport windows.idle ;;
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

# exchange_binds HOST: the folders that systemd-nspawn binds into the host.
exchange_binds() {
    mkdir -p "$(organisation_of "$1")"
    echo "--bind=$(organisation_of "$1"):$organisation_on_host"
}

# exchange_forget HOST: removes the directory, and this server's queue and logs.
exchange_forget() {
    local folder
    folder=$(organisation_of "$1")
    rm -rf "$folder/directory.json" "$folder/servers/${1^^}"
}
