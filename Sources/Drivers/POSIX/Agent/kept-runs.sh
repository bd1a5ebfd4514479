# Runs that are over: told of, checked, put back, pruned; and the lock of one that died.

# break_lock: removes a stale lock, of a run that ended or died without removing it; else sets code and why.
#
# An unfinished run keeps it: its restore program removes it. A run that has just taken it may be about to begin.
break_lock() {
    locked || return 0
    code=locked why=$holder
    if named "${holder%% *}"; then
        state_of "$B/${holder%% *}"
        case $state in
            preparing | pending | restoring | stranded)
                code=unfinished why="${holder%% *} is $state"
                words why "$why"
                return 1
                ;;
        esac
        if [ "$state" = none ] && [ -z "$(find "$B/lock" -mmin +1 2>/dev/null)" ]; then
            words why "$holder"
            return 1
        fi
    fi
    # Moved away first: what is removed must be what was looked at.
    mv -- "$B/lock" "$B/lock.$$" || return
    IFS= read -r taken <"$B/lock.$$"
    if [ "$taken" != "$holder" ]; then
        ln "$B/lock.$$" "$B/lock" 2>/dev/null
        rm -f -- "$B/lock.$$"
        words why "$taken"
        return 1
    fi
    rm -f -- "$B/lock.$$"
    say step unlocked "$holder"
}

# list [COMMAND]: says what is kept; COMMAND is done with each folder.
list() {
    for folder in "$B"/*/; do
        folder=${folder%/} server='-' files=0
        state_of "$folder"
        [ "$state" != none ] || continue
        while IFS= read -r line; do
            case $line in
                'server '*) server=${line#* } ;;
                'found '* | 'setting '*) files=$((files + 1)) ;;
            esac
        done 2>/dev/null <"$folder/manifest"
        bytes=$(cat "$folder/files/"* "$folder/displaced/"* 2>/dev/null | wc -c)
        say run "${folder##*/}" "$state" "$server" "$files" "$((bytes))"
        if IFS= read -r who 2>/dev/null <"$folder/who"; then say by "$who"; fi
        [ $# -eq 0 ] || "$1" "$folder"
    done
    if locked; then say lock "$holder"; fi
}

# audit: says what is kept, and after each run what is wrong with its backup.
audit() {
    list say_damage
}

say_damage() {
    # Of what was put back the journal is kept alone.
    [ ! -e "$1/state.restored" ] || return 0
    whole "$1" || damage=$damage$newline
    while [ -n "$damage" ]; do
        say damage "${1##*/}" "${damage%%"$newline"*}"
        damage=${damage#*"$newline"}
    done
}

# whole FOLDER: whether everything can be put back from it; else sets damage, a line for each thing that is wrong.
whole() {
    damage='' end=''
    sh -n "$1/restore" 2>/dev/null || damage="the restore program is missing or cut off$newline"
    while IFS= read -r line; do
        case $line in
            'found '*' absent '*) ;;
            'found '*)
                path=/${line#*/}
                # shellcheck disable=SC2086 # the fields before the path hold no blanks
                set -- "$1" ${line%%/*}
                if [ $# -ne 8 ]; then
                    damage="${damage}the manifest has an unreadable entry for $path$newline"
                elif [ ! -f "$1/files/$3" ]; then
                    damage="${damage}the backup of $path is missing$newline"
                elif ! checksum "$1/files/$3" || [ "$sha" != "$8" ]; then
                    damage="${damage}files/$3 is not $path as found$newline"
                fi
                ;;
            'setting '*)
                # shellcheck disable=SC2086 # setting NUMBER HASH NAME
                set -- "$1" $line
                checksum "$1/files/$3" && [ "$sha" = "$4" ] || damage="${damage}files/$3 is not $5 as found$newline"
                ;;
            end) end=yes ;;
        esac
    done 2>/dev/null <"$1/manifest"
    # Before its files were swapped a run has changed nothing.
    [ -n "$end" ] || ! grep -q '^swap$' "$1/journal" 2>/dev/null || damage="${damage}the manifest is cut off$newline"
    damage=${damage%"$newline"}
    [ -z "$damage" ]
}

show() {
    code=none
    send_held
    for part in manifest journal edits; do
        named "$1" && [ -r "$B/$1/$part" ] || [ "$part" = edits ] || return
        # Of a run of an older mtactl there is none.
        [ -r "$B/$1/$part" ] || continue
        printf '@%s begin %s\n' "$N" "$part"
        cat "$B/$1/$part"
        printf '\n@%s end 0\n' "$N"
    done
}

state() {
    state=none left=''
    if named "$1"; then
        state_of "$B/$1"
        if read -r deadline after 2>/dev/null <"$B/$1/armed"; then
            left=$((deadline - $(date +%s)))
            # More where the clock was set back meanwhile.
            [ "$left" -le "${after:-$left}" ] || left=$after
        fi
    fi
    say state "$state" ${left:+"$left"}
}

restore() {
    code=none
    named "$1" && [ -r "$B/$1/restore" ] || return
    restored=$(sh "$B/$1/restore" ${2+"$2"} --records 2>&1 3<&-)
    set -- $?
    words restore "$restored" 65536
    case $1 in
        2) code=locked ;;
        3) code=conflict ;;
        4) code=damaged ;;
        6) code=exposed ;;
        *) code=stranded ;;
    esac
    return "$1"
}

prune() {
    prune_to "$1"
}

# rotated: removes the backups that may hold a password that is no longer in use: those with a file that not everybody
# may read and that has changed since. The newest too, as it is the one that was made when the password was changed.
rotated() {
    for folder in "$B"/*/; do
        if [ -e "$folder/state.confirmed" ] && holds_old "$folder"; then forget "$folder" || return; fi
    done
}

# holds_old FOLDER/: whether it keeps such a file.
holds_old() {
    while IFS= read -r line; do
        case $line in 'found '*' absent '* | [!f]*) continue ;; 'found '*) ;; *) continue ;; esac
        path=/${line#*/}
        # shellcheck disable=SC2086 # the fields before the path hold no blanks
        set -- "$1" ${line%%/*}
        case ${5-} in *[4567]) continue ;; esac
        [ -f "$1files/${3-}" ] || continue
        if [ ! -f "$path" ] || ! checksum "$path" || [ "$sha" != "${8-}" ]; then return 0; fi
    done 2>/dev/null <"$1manifest"
    return 1
}

# drop RUN…: removes these runs, none of which may be needed; else sets code and why.
drop() {
    for each; do
        named "$each" || return
        state_of "$B/$each"
        case $state in
            confirmed | restored) forget "$B/$each/" || return ;;
            none) ;;
            *)
                code=unfinished
                words why "$each is $state"
                return 1
                ;;
        esac
    done
}

# erase: removes everything that is kept, where no run is in progress or unfinished; else sets code and why.
erase() {
    code=unfinished
    if locked; then
        code=locked
        words why "$holder"
        return 1
    fi
    for folder in "$B"/*/; do
        state_of "${folder%/}"
        case $state in
            preparing | pending | restoring | stranded)
                words why "${folder%/} is $state"
                return 1
                ;;
        esac
    done
    code=unwritable
    rm -rf -- "$B"
}

# prune_to KEEP [first]: removes the oldest backups but so many, and the oldest journals of what was put back; with
# `first` never the oldest backup of all, from before mtactl. None that may be needed, and not the newest that is whole.
prune_to() {
    keep=$1 spared=${2-} newest=''
    set --
    for folder in "$B"/*/; do
        if [ -e "$folder/state.confirmed" ]; then set -- "$folder" "$@"; fi
    done
    runs=$#
    if [ $# -gt "$keep" ]; then
        newest=$1
        for folder; do
            if whole "${folder%/}"; then
                newest=$folder
                break
            fi
        done
    fi
    for folder in "$B"/*/; do
        [ "$runs" -gt "$keep" ] || break
        [ -e "$folder/state.confirmed" ] || continue
        [ -z "$spared" ] && [ "$folder" = "$newest" ] && continue
        runs=$((runs - 1))
        if [ -n "$spared" ]; then spared=''; else forget "$folder"; fi
    done
    set --
    for folder in "$B"/*/; do
        [ ! -e "$folder/state.restored" ] || set -- "$@" "$folder"
    done
    while [ $# -gt "$keep" ]; do
        forget "$1"
        shift
    done
}

# forget FOLDER/: removes a run.
forget() {
    # Written without a state first: half a run must not look like a complete one.
    rm -f -- "$1"state.* && rm -rf -- "$1" || return
    set -- "${1%/}"
    say step pruned "${1##*/}"
}
