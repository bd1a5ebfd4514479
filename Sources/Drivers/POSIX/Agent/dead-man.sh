# The dead-man switch: what puts the host back when nobody confirms.

# arm SECONDS: after so long the host puts itself back, whatever became of us, unless the run was confirmed before.
#
# Either a timer of systemd's or a process of its own, which has nothing to do with our session; and because neither
# outlives a reboot, something that is done at boot.
arm() {
    why="$1 is not a number of seconds"
    case $1 in '' | *[!0-9]*) return 1 ;; esac
    unit=mtactl-${run##*/}
    now
    journal "arming for $1 seconds" && attempt set_time "$((begun + (hundredths - begun_at) / 100 + $1)) $1" || return
    quoted "$run/restore"
    if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null; then
        why=$(systemd-run --quiet --unit="$unit" --on-active="$1" --timer-property=AccuracySec=1s \
            /bin/sh "$run/restore" --expired 2>&1 3<&-) || return
        at_boot "$units/$unit-boot.service" "[Unit]
Description=mtactl puts back what was changed and never confirmed
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh$quoted --expired" && ln -s "../$unit-boot.service" "$units/multi-user.target.wants/" 2>/dev/null
    else
        wait_apart "after=$1 restore=${quoted# }"
        at_boot "$crontabs/$unit" "@reboot root sleep 60; /bin/sh$quoted --expired"
    fi
    return 0
}

set_time() {
    printf '%s\n' "$1" >"$run/armed"
}

units=/etc/systemd/system
crontabs=/etc/cron.d

# at_boot FILE TEXT: writes what is read at the next boot. Without the folder, the next mtactl finds the run unfinished.
at_boot() {
    umask 022
    [ -d "${1%/*}" ] && printf '%s\n' "$2" >"$1"
    set -- $?
    umask 077
    return "$1"
} 2>/dev/null

# wait_apart ASSIGNMENTS: starts the process that waits. What ends its sleep early does not end its waiting, nor does
# somebody who sets the clock, where the kernel counts for itself.
# shellcheck disable=SC2016 # the process expands them
wait_apart() {
    apart=
    ! command -v setsid >/dev/null || apart=setsid
    $apart sh -c "$1"'
        trap : HUP INT TERM
        clock() { if read -r up _ </proc/uptime; then echo "${up%.*}"; else date +%s; fi; } 2>/dev/null
        until=$(($(clock) + after))
        while left=$((until - $(clock))) && [ "$left" -gt 0 ]; do sleep "$left"; done
        exec sh "$restore" --expired' </dev/null >/dev/null 2>&1 3<&- &
    echo $! >"$run/waiting"
}
