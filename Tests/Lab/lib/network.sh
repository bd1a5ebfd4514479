# The lab's network: a switch with the hosts, the smarthosts and the internet on it, and the controller next to it.
#
#   controller 198.19.0.2 ──(latency)── 198.19.0.1 router 198.18.0.1 ── hosts, smarthosts 198.18.2.x, internet 198.18.3.1
#
# The first namespace is the controller's. No namespace has a route out of the lab.
# shellcheck shell=bash

in_namespace() {
    local namespace=$1
    shift
    nsenter --net="/run/netns/$namespace" "$@"
}

# plug NAMESPACE ADDRESS…: makes a namespace with eth0 on the switch.
plug() {
    local namespace=$1 address number
    shift
    ip netns add "$namespace"
    number=$(ip netns list | wc -l)
    ip link add "port$number" netns switch type veth peer name eth0 netns "$namespace"
    ip -n switch link set "port$number" master switch0 up
    ip -n "$namespace" link set lo up
    for address; do
        ip -n "$namespace" address add "$address/16" dev eth0
    done
    ip -n "$namespace" link set eth0 up
    ip -n "$namespace" route add default via "$gateway"
}

# make_network LATENCY: the switch, the router, and the controller's link, with a round trip of LATENCY ms.
make_network() {
    ip link set lo up
    ip netns add switch
    ip -n switch link set lo up
    ip -n switch link add switch0 type bridge
    ip -n switch address add "$gateway/16" dev switch0
    ip -n switch link set switch0 up
    in_namespace switch sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'

    if (($1)); then
        gcc -O2 -Wall -Wextra -o /run/latency "$lab/latency/latency.c"
        exec 5< <(exec /run/latency link0 link1 "$(($1 * 500))" 4>&-)
        read -r <&5 || die "the latency program did not start"
        exec 5<&-
    else
        ip link add link0 type veth peer name link1
    fi
    ip link set link1 netns switch
    ip address add "$controller/30" dev link0
    ip link set link0 up
    ip -n switch address add "$controller_gateway/30" dev link1
    ip -n switch link set link1 up
    ip route add default via "$controller_gateway"
}

# What happens to packets between the controller and a host, each NAME ROOT ADDRESS…: they pass, are dropped
# silently, or every connection to the host's sshd is reset. Mail takes another way.
link_up() {
    local number
    for number in $(ip -n switch rule list | awk -F: -v address="$3" '$2 " " ~ " " address " " { print $1 }'); do
        ip -n switch rule delete priority "$number"
    done
}

link_silent() {
    ip -n switch rule add from "$3" to "$controller" blackhole
    ip -n switch rule add from "$controller" to "$3" blackhole
}

link_reset() {
    on "$1" ss --kill --no-header state connected sport = :22 >/dev/null 2>&1
}

# Names for the hosts and the controller. --host-record also answers backwards and says "no data" for AAAA.
write_names() {
    local name root address fqdn mail_domain
    printf '%s\n' no-resolv no-hosts no-daemon "local=/#/" log-facility=- user=root cache-size=0 bind-interfaces
    while read -r name root address fqdn _; do
        if [[ $fqdn == "$name.$domain" ]]; then
            echo "host-record=$fqdn,$name,$address"
        else
            echo "host-record=$fqdn,$name.$domain,$name,$address"
        fi
    done <"$run/hosts.table"
    echo "host-record=controller.$domain,$controller"
    rows "$lab/smarthosts" | awk '{ print "host-record=" $1 "," $2 }'
    echo "host-record=mx.internet.test,$internet"
    for mail_domain in example.com example.net example.org sub.example.org internal.example.org partner.example \
        excluded.example intuit.example mail.intuit.example adp.example remote.test shop.example.com sub.example.com \
        example.community; do
        echo "mx-host=$mail_domain,mx.internet.test,10"
    done
    echo 'txt-record=example.com,"v=spf1 include:spf.example.net -all"'
    echo 'txt-record=spf.example.net,"v=spf1 ip4:198.18.2.0/24 -all"'
}

start_names() {
    write_names >/run/dnsmasq.conf
    in_namespace switch dnsmasq --conf-file=/run/dnsmasq.conf --pid-file= --listen-address="$gateway" \
        >>"$run/log/dnsmasq" 2>&1 4>&- &
    dnsmasq --conf-file=/run/dnsmasq.conf --pid-file= --listen-address=127.0.0.1 \
        >>"$run/log/dnsmasq" 2>&1 4>&- &
    printf 'search %s\nnameserver 127.0.0.1\n' "$domain" >"$run/resolv.conf"
}
