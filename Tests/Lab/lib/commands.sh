# The lab's commands.
# shellcheck shell=bash

# Checks what the lab needs, before anything is started.
require_machine() {
    local program
    ((EUID == 0)) || die "the lab needs root, for namespaces, overlays and systemd-nspawn" "sudo $lab/lab up" 77
    unshare --net --mount --pid --fork --mount-proc mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null || die \
        "namespaces cannot be made here" "a virtual machine, or a container with CAP_SYS_ADMIN (--privileged)" 77
    for program in mmdebstrap systemd-nspawn dnsmasq ip openssl ssh-keygen setpriv gcc; do
        type "$program" >/dev/null 2>&1 || die "$program is not installed" "$lab/setup lab"
    done
    /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || die "python3-aiosmtpd is not installed" "$lab/setup lab"
}

lab_up() {
    local size=small latency=0 word=""
    local -a wait_for_lock=(--nonblock) roots
    while (($#)); do
        case $1 in
            --hosts) size=${2:?}; shift ;;
            --latency) latency=${2:?}; shift ;;
            --wait) wait_for_lock=() ;;
            *) die "unknown option $1" "lab help" 64 ;;
        esac
        shift
    done
    [[ $(hosts_of_size "$size") ]] && [[ $size =~ ^([a-z].*|[1-9][0-9]?|1[0-9][0-9])$ ]] ||
        die "--hosts $size: not small, all, full, 1 to 199 or names of hosts" "the names are in $lab/hosts" 64
    [[ $latency =~ ^[0-9]{1,4}$ ]] || die "--latency $latency: not a number of milliseconds" "" 64
    require_machine

    [[ $(hosts_of_size "$size") != *windows* ]] || "$lab/windows/pin" --check || true
    mapfile -t roots < <(hosts_of_size "$size" | awk '{ print $2 }' | sort -u)
    make_roots "${roots[@]}"

    if [[ $(machine_lab) == "$lab" ]]; then
        [[ $(cat "$run/size" 2>/dev/null) == "$size $latency" ]] ||
            die "the lab is up with other hosts or another latency" "lab down"
        lab_status
        return
    fi
    take_machine_lock "${wait_for_lock[@]}" ||
        die "another lab is up: $(machine_lab)" "lab up --wait waits for its end"
    # A keeper that was killed could not put things back.
    [[ ! -s $machine_lock ]] || { sweep && take_machine_lock --nonblock; } || die "another lab is up: $(machine_lab)"
    trap 'rm -f "$machine_lock"' EXIT
    rm -rf "$run"
    mkdir -p "$run/log" "$run/hosts"
    (umask 077 && printf '%s\n' "$ops_password" >"$run/ops-password" &&
        printf '%s\n' "$windows_password" >"$run/windows-password" &&
        printf '%s\n' "$kerio_password" >"$run/kerio-password")
    echo "$size $latency" >"$run/size"
    hosts_of_size "$size" >"$run/hosts.table"
    write_fleet_inventory >"$run/fleet.yml"

    coproc keeper { exec setsid "$lab/lab" .keep "$latency" 2>/dev/null; }
    trap - EXIT
    exec 9>&-
    read -r -t 180 word <&"${keeper[0]}" || true
    if [[ $word != ready ]]; then
        eval "exec ${keeper[1]}>&-"
        wait "$keeper_PID" || true
        tail -n 5 "$run/log/keeper" >&2
        die "the lab did not start" "$run/log"
    fi
    echo stay >&"${keeper[1]}"
    touch "$run/up"
    lab_status
}

lab_down() {
    if [[ $(machine_lab) == "$lab" ]]; then
        end_lab
        machine_is_free --timeout 60 || die "the lab does not stop" "$run/log/keeper"
    elif [[ -s $machine_lock ]] && machine_is_free --nonblock; then
        sweep
    fi
}

lab_status() {
    local other name root address fqdn
    other=$(machine_lab)
    if [[ $other != "$lab" ]]; then
        echo "down${other:+; another lab is up: $other}"
        return 1
    fi
    printf '%-14s %-12s %-18s %s\n' host address name root
    while read -r name root address fqdn _; do
        printf '%-14s %-12s %-18s %s\n' "$name" "$address" "$fqdn" "$root"
    done <"$run/hosts.table"
    printf 'smarthosts: %s\n' "$(rows "$lab/smarthosts" | awk '{ printf "%s%s (%s)", s, $1, $2; s = ", " }')"
    printf 'latency: %s ms; modes: %s\n' "$(cut -d ' ' -f 2 "$run/size")" \
        "$(paste -sd ';' "$run/modes" | sed 's/^$/normal/')"
}

require_up() {
    [[ $(machine_lab) == "$lab" && -e $run/up ]] || die "the lab is not up" "lab up"
}

require_host() {
    awk -v name="$1" '$1 == name { found = 1 } END { exit !found }' "$run/hosts.table" ||
        die "no host $1" "lab status"
}

# Runs a function of the lab inside its namespaces.
within() {
    nsenter --target="$(first_process)" --mount --pid --net --wd=/ /run/lab/lab .within "$@"
}

lab_run() {
    (($#)) || die "no command to run" "lab run COMMAND…" 64
    require_up
    # The command sees the machine's files and processes, but the lab's network and names. Inventories name the folder
    # `run`, so this lab's folder is mounted there, whatever the lab's name.
    mkdir -p "$lab/run"
    # shellcheck disable=SC2016
    MTACTL_LAB=$lab exec nsenter --net="/proc/$(first_process)/ns/net" unshare --mount sh -c \
        'mount --bind "$1/resolv.conf" /etc/resolv.conf && mount --bind "$1" "$2" && shift 2 && exec "$@"' \
        lab "$run" "$lab/run" "$@"
}

lab_exec() {
    (($# > 1)) || die "no host or no command" "lab exec HOST COMMAND…" 64
    require_up
    require_host "$1"
    within on "$@"
}

lab_smarthost() {
    local at="*" modes=""
    require_up
    while (($#)); do
        case $1 in
            at) at=${2:?}; shift ;;
            normal) modes="" ;;
            refuse-all | greylist | busy | silent | no-auth-login | not-yet) modes+="$at $1"$'\n' ;;
            refuse-recipient | slow) modes+="$at $1 ${2:?}"$'\n'; shift ;;
            refuse-password)
                if [[ ${2:-} == *@* || ${2:-} =~ ^(boss|awkward|test)$ ]]; then
                    modes+="$at $1 $2"$'\n'
                    shift
                else
                    modes+="$at $1"$'\n'
                fi
                ;;
            *) die "unknown mode $1" "lab help" 64 ;;
        esac
        shift
    done
    printf %s "$modes" >"$run/modes.new"
    mv "$run/modes.new" "$run/modes"
}

lab_reset() {
    local name
    require_up
    for name; do
        require_host "$name"
    done
    within each reset_host "$@"
}

lab_reboot() {
    (($#)) || die "no host to reboot" "lab reboot HOST…" 64
    local name
    require_up
    for name; do
        require_host "$name"
    done
    within each reboot_host "$@"
}

lab_link() {
    (($# > 1)) || die "no host, or no state of its link" "lab link HOST… up|silent|reset" 64
    local name how=${!#}
    [[ $how =~ ^(up|silent|reset)$ ]] || die "$how: not up, silent or reset" "lab help" 64
    require_up
    for name in "${@:1:$#-1}"; do
        require_host "$name"
    done
    within each "link_$how" "${@:1:$#-1}"
}

lab_tree() {
    (($# == 1)) || die "lab tree takes one host" "lab tree HOST" 64
    require_up
    require_host "$1"
    within tree_of "$1"
}

lab_record() {
    require_up
    case ${1:-} in
        --json) cat "$run/record.jsonl" ;;
        --clear) : >"$run/record.jsonl" ;;
        *) /usr/bin/python3 "$lab/smarthost/show.py" "$run/record.jsonl" ;;
    esac
}

# An inventory of all hosts that are up, for fleets that Inventory/lab.yml does not list.
write_fleet_inventory() {
    printf 'all:\n  vars:\n    user: root\n    identity-file: id_ed25519\n    known-hosts: known_hosts\n  hosts:\n'
    awk '{
        more = $2 ~ /windows/ ? ", user: mtactl, password: \"file:windows-password\"" : ""
        printf "    %s: {address: %s%s}\n", $1, $3, more
    }' "$run/hosts.table"
}
