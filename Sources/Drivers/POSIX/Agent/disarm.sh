# What a run leaves on a host while it is open, and how it is removed: for the agent and for the restore program.
#
# They set here, the run's folder; name, the run; and lock.

# end_all: removes the switch, and removes the lock if it is this run's.
end_all() {
    if IFS= read -r holder 2>/dev/null <"$lock" && [ "${holder%% *}" = "$name" ]; then
        disarm "$lock"
    else
        disarm
    fi
}

# disarm [FILE]: takes the dead-man switch away, unless it is what runs now, and the file, too.
disarm() {
    unit=mtactl-$name
    # The agent knows them.
    [ -n "$workdirs" ] || read_workdirs
    while [ -n "$workdirs" ]; do
        [ -z "${workdirs%%"$newline"*}" ] || set -- "$@" "${workdirs%%"$newline"*}"
        workdirs=${workdirs#*"$newline"}
    done
    read -r waiting 2>/dev/null <"$here/waiting" || waiting=$$
    rm -rf -- "/etc/systemd/system/multi-user.target.wants/$unit-boot.service" \
        "/etc/systemd/system/$unit-boot.service" "/etc/cron.d/$unit" \
        "$here/waiting" "$here/armed" "$here/agent" "$here/check" "$here/output" "$here/errors" \
        "$here/present" "$here"/new.* "$@" 2>/dev/null
    if [ -d /run/systemd/system ]; then systemctl stop "$unit.timer" 2>/dev/null; fi
    [ "$waiting" != $$ ] || return 0
    case $(words_of "$waiting") in
        # With the sleep that it waits in, where it has a session of its own.
        *"$here/restore"*) kill -9 "-$waiting" 2>/dev/null || kill -9 "$waiting" 2>/dev/null ;;
    esac
}

# read_workdirs: sets workdirs: the folders of our own in which files were staged, each between line breaks.
read_workdirs() {
    workdirs=$newline
    while read -r word workdir; do
        [ "$word" != nest ] || workdirs=$workdirs$workdir$newline
    done 2>/dev/null <"$here/manifest"
}

# words_of PROCESS: its arguments.
words_of() {
    ps -o args= -p "$1" 2>/dev/null || tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline"
}
