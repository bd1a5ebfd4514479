# How a run ends: confirmed, undone, or closed before anything was changed.

confirm() {
    code=expired
    write_derived
    # They are empty by now, and whoever kills us after the rename would leave them for good.
    clear_away "$workdirs"
    # What follows takes a moment; ended within it, a confirmed run would leave its lock.
    trap '' HUP INT TERM
    attempt mv -- "$run/state.pending" "$run/state.confirmed" || {
        heed_signals
        return 1
    }
    journal confirmed
    remember "mtactl's run ${run##*/}"
    ended=$run
    flush "$ended/manifest" "$ended"
    run='' here=$ended name=${ended##*/} lock=$B/lock
    # It would do nothing now; but nothing is to be left.
    end_all 3<&-
    heed_signals
    prune_to 10 first
}

# clear_away FOLDERS: removes folders of our own, each between line breaks.
clear_away() {
    set -- "${1#"$newline"}"
    while [ -n "$1" ]; do
        [ -z "${1%%"$newline"*}" ] || rm -rf -- "${1%%"$newline"*}"
        set -- "${1#*"$newline"}"
    done
}

# remember WORDS: where etckeeper keeps /etc under git, commits the run's files that everybody may read, and nothing
# else.
#
# What others have not committed yet stays theirs, and what not everybody may read may be a secret.
remember() {
    [ -d /etc/.git ] && command -v etckeeper >/dev/null && command -v git >/dev/null || return 0
    words=$1 i=1
    set --
    while [ "$i" -le "$count" ]; do
        eval "file=\$path_$i"
        i=$((i + 1))
        case $file in /etc/*) ;; *) continue ;; esac
        if [ ! -e "$file" ]; then
            git -C /etc ls-files --error-unmatch -- "$file" || continue
        elif look "$file"; then
            case $mode in *[4567]) git -C /etc add -- "$file" || continue ;; *) continue ;; esac
        fi
        set -- "$@" "$file"
    done >/dev/null 2>&1 3<&-
    # Not etckeeper's hook: it would add what it writes down of all of /etc, in words of ours
    # (pre-commit.d/30store-metadata).
    [ $# -eq 0 ] || $limit git -C /etc -c user.name=mtactl -c user.email=root@localhost \
        commit -q --no-verify -m "$words" -- "$@"
    return 0
} >/dev/null 2>&1 3<&-

# write_derived: writes down what happened to files that the server derives, so that a later restore knows them.
write_derived() {
    i=1 lines='' hashed=''
    set --
    while [ "$i" -le "$count" ]; do
        if derived "$i"; then
            eval "file=\$path_$i"
            if [ -f "$file" ]; then
                hashed="$hashed $i"
                set -- "$@" "$file"
            elif [ ! -e "$file" ]; then
                lines="${lines}asked $i absent$newline"
            fi
        fi
        i=$((i + 1))
    done
    if [ $# -gt 0 ] && checksums "$@"; then
        for i in $hashed; do
            next
            lines="${lines}asked $i file $sha$newline"
        done
    fi
    [ -n "$lines" ] || return 0
    # What is not whole does not count: see read_manifest in restore.sh.
    { printf '%send\n' "$lines" >>"$run/manifest"; } 2>/dev/null
}

undo() {
    failed=yes code=stranded
    put_back
    [ "$undone" != stranded ]
}

close() {
    code=pending why="the files are already in place"
    [ -e "$run/state.preparing" ] || return
    revert
    code=stranded why=$restored
    [ "$undone" = refused ]
}
