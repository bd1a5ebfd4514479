# The keeper: the one process of the lab outside its namespaces. It owns what namespaces do not contain: the lock, the limit
# of inotify instances and the control groups. It restores them however the lab ends.
# shellcheck shell=bash

# Takes the machine lock on file descriptor 9. Whoever held the lock removes the file, so check that the file that was
# opened is still the one at that path. Its row, INOTIFY-LIMIT LAB-FOLDER, is what `sweep` needs after a keeper was killed.
take_machine_lock() {
    while :; do
        exec 9<>"$machine_lock"
        flock "$@" 9 || return 1
        [[ ! /proc/self/fd/9 -ef $machine_lock ]] || return 0
    done
}

# Whether nobody holds the machine lock. Arguments are options of flock(1). The file is opened here, as flock would create it.
machine_is_free() {
    [[ ! -e $machine_lock ]] || { flock "$@" 8 8<"$machine_lock"; } 2>/dev/null || [[ ! -e $machine_lock ]]
}

# Prints the folder of the lab that is up on this machine, or nothing.
machine_lab() {
    machine_is_free --nonblock || cut -d ' ' -f 2- "$machine_lock"
}

# Restores the limit of inotify instances, or leaves that to another lab that is up and still needs it.
give_limit_back() {
    local other theirs folder
    for other in /run/*.lock; do
        [[ $other != "$machine_lock" ]] && read -r theirs folder 2>/dev/null <"$other" || continue
        [[ $theirs =~ ^[0-9]+$ && $folder == */Tests/Lab ]] || continue
        # Written in place: the file is locked.
        (($1 >= theirs)) || printf '%s %s\n' "$1" "$folder" >"$other"
        return 0
    done
    echo "$1" >"$inotify_limit"
}

# Restores what a lab changed on the machine.
sweep() {
    local limit
    read -r limit _ <"$machine_lock" || true
    [[ ! $limit =~ ^[0-9]+$ ]] || give_limit_back "$limit"
    # shellcheck disable=SC2016
    unshare --mount sh -c '
        mount -t cgroup2 cgroup2 /sys/fs/cgroup
        cd "/sys/fs/cgroup/$1" 2>/dev/null || exit 0
        echo 1 >cgroup.kill
        until grep -qx "populated 0" cgroup.events; do sleep 0.05; done
        find . -mindepth 1 -depth -type d -exec rmdir {} \;
        cd .. && rmdir "$1"' sweep "$lab_name"
    [[ ! -d $run ]] || find "$run" -mindepth 1 -maxdepth 1 ! -name log -exec rm -rf {} +
    rm -f "$machine_lock"
}

# The first process of the lab, as this machine numbers it.
first_process() {
    local space
    space=$(cat "$run/space" 2>/dev/null) && tr -d ' ' 2>/dev/null <"/proc/$space/task/$space/children"
}

end_lab() {
    # Ending the first process of a process namespace ends the others before it is reaped.
    kill -KILL "$(first_process)" 2>/dev/null || kill -KILL "$(cat "$run/space")" 2>/dev/null || true
}

# keep LATENCY: runs with `lab up` at the other end of stdin and stdout. If `up` ends before it
# said "stay", the lab ends too.
keep() {
    local space watcher
    exec 4>&1 >"$run/log/keeper" 2>&1
    flock --nonblock 9
    printf '%s %s\n' "$(cat "$inotify_limit")" "$lab" >"$machine_lock"
    echo $$ >"$run/keeper"
    trap end_lab TERM INT HUP
    trap sweep EXIT
    (($(cat "$inotify_limit") >= 8192)) || echo 8192 >"$inotify_limit"

    setpriv --pdeathsig KILL unshare --net --mount --pid --fork --kill-child=KILL --mount-proc \
        "$lab/lab" .inside "$1" 9>&- </dev/null &
    space=$!
    echo "$space" >"$run/space"
    exec 4>&-
    (read -r word && [[ $word == stay ]] || kill -TERM $$) 9>&- <&0 &
    watcher=$!
    while kill -0 "$space" 2>/dev/null; do
        wait "$space" || true
    done
    kill "$watcher" 2>/dev/null || true
}
