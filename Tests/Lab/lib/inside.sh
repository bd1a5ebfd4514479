# The inside of the lab: the first process in its process, mount and network namespaces. When it ends, everything in them
# ends. It reports its progress to `lab up` on file descriptor 4.
# shellcheck shell=bash

# Nothing of the lab is written outside its own folder: it has its own /run, /tmp and control groups. Its folder is
# also mounted at /run/lab, because it may itself be below /tmp.
make_mounts() {
    mkdir -p "$cache"
    mount -t tmpfs -o mode=0755 tmpfs /run
    mkdir /run/lab /run/cache
    mount --bind "$lab" /run/lab
    mount --bind "$cache" /run/cache
    mount -t tmpfs -o mode=1777 tmpfs /tmp
    # A TMPDIR from outside does not exist here, nor in any host's root.
    unset TMPDIR
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    mkdir -p /run/netns /run/state "$control_group"
    mount -t tmpfs -o mode=0755,size=80% tmpfs /run/state
    lab=/run/lab run=/run/lab/${run##*/} cache=/run/cache
    cd /
}

start_smarthost() {
    local -a addresses
    mapfile -t addresses < <(rows "$lab/smarthosts" | awk '{ print $2 }')
    plug mail "${addresses[@]}" "$internet"
    : >"$run/modes"
    : >"$run/record.jsonl"
    in_namespace mail env -i PATH="$PATH" PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$lab/smarthost/smarthost.py" \
        "$run" "$lab/smarthosts" "$internet" >"$run/log/smarthost" 2>&1 4>&- &
    smarthost=$!
}

await_smarthost() {
    until [[ -e $run/smarthost.ready ]]; do
        kill -0 "$smarthost" 2>/dev/null || die "the smarthost did not start: $(tail -n 1 "$run/log/smarthost")"
        sleep 0.1
    done
}

# each COMMAND [HOST…]: runs COMMAND for the hosts (all, when none is named) at the same time, with a host's row of the
# table as words.
each() {
    local command=$1 row pid
    local -a words pids=()
    shift
    while read -r row; do
        read -r -a words <<<"$row"
        "$command" "${words[@]}" &
        pids+=($!)
    done < <(awk -v names=" $* " 'names == "  " || index(names, " " $1 " ")' "$run/hosts.table")
    for pid in "${pids[@]}"; do
        wait "$pid"
    done
}

# reset_host NAME ROOT ADDRESS FQDN [SERVER]: boots a host again as `up` made it. `_forget HOST` of its server forgets
# what is not on the host itself.
reset_host() {
    stop_host "$1"
    ask_server "${5:-$(server_of_root "$2")}" forget "$1"
    boot_host "$@"
    await_host "$@"
}

# The first process. Its only argument is the latency in ms; the hosts are in run/hosts.table.
inside() {
    local name root address fqdn server certificates pid
    local -a pids=()
    # This machine's folder; hosts have none of that name.
    unset TMPDIR
    make_mounts
    ssh-keygen -q -t ed25519 -N '' -C 'mtactl lab' -f "$run/id_ed25519"
    make_certificates &
    certificates=$!
    make_network "$1"
    while read -r name root address fqdn _; do
        plug "$name" "$address"
    done <"$run/hosts.table"
    start_names
    wait "$certificates"
    start_smarthost

    while read -r root; do
        make_common_layer "$root" &
        pids+=($!)
    done < <(awk '{ print $2 }' "$run/hosts.table" | sort -u)
    for pid in "${pids[@]}"; do
        wait "$pid"
    done
    each make_host
    cat "$run"/hosts/*/known_hosts >"$run/known_hosts"
    while read -r name root address fqdn server; do
        boot_host "$name" "$root" "$address" "$fqdn" "$server"
    done <"$run/hosts.table"
    await_smarthost
    each await_host
    echo ready >&4
    exec 4>&-
    # Bash reaps the orphans of the namespace while it waits.
    sleep infinity &
    wait $!
}
