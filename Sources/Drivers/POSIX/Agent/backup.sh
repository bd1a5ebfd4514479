# What is expected of files, and keeping them as they were found.

# Of a file that is known by its bytes only whether it is there: they are compared when it has been backed up.
expect() {
    # shellcheck disable=SC2034 # eval reads it
    case $1 in
        sha256) expected=$2 && shift 2 ;;
        absent) expected=absent && shift ;;
        inode) expected="inode $2 $3" && shift 3 ;;
    esac
    number "$1"
    eval "want_$i=\$expected"
    case $expected in
        absent | inode*) as_wanted "$i" ;;
        *) exists "$1" ;;
    esac
}

backup() {
    # What anyone can write to has any user redirect its mail, and the passwords with it, when we are gone.
    code=exposed by_file=yes
    sound "$@"
    set -- $? "$@"
    by_file=
    [ "$1" = 0 ] || return 1
    shift
    code=backup
    # What another user turns into a pipe is not waited for.
    [ "$strange" = "$newline" ] || digest="$limit $digest"
    can_come_and_go "$@" || return
    # Not line by line: a shell reads a byte at a time.
    copied='' mounts=$(cat /proc/self/mountinfo 2>/dev/null)
    for path; do
        why="$path is not an absolute path"
        case $path in *"$newline"*) return 1 ;; /*) ;; *) return 1 ;; esac
        number "$path"
        # Where there is none, nothing could be put back either.
        place "$path" "${run##*/}" "$i" || return
        case $workdirs in
            *"$newline$workdir$newline"*) ;;
            *) workdirs=$workdirs$newline$workdir$newline && record "nest $workdir" || return ;;
        esac
        why="$path is not an absolute path"
        journal "backing up $path" && keep "$i" || return
    done
    [ -n "$copied" ] || return 0
    set --
    for i in $copied; do eval "set -- \"\$@\" \"\$path_$i\""; done
    why="what was backed up cannot be read"
    looks "$@" || return
    for i in $copied; do
        next_look
        eval "file=\$path_$i was_$i=\"\$mode \$uid \$gid\" owner_$i=\$owner:\$group"
        replaceable "$file" || return
    done
    set --
    for i in $copied; do eval "set -- \"\$@\" \"\$run/files/$i\" \"\$path_$i\""; done
    checksums "$@" || return
    for i in $copied; do
        eval "file=\$path_$i want=\$want_$i was=\$was_$i"
        next
        kept=$sha
        next
        # What was expected by its bytes must be what was copied; the rest is from now on.
        case $want in '' | inode*) want=$kept ;; esac
        if [ "$kept" != "$want" ] || [ "$sha" != "$want" ]; then
            code=moved why="$file is not what it was"
            return 1
        fi
        eval "want_$i=\$want found_$i=\$want"
        record "found $i file $was $want $file" || return
    done
}

# keep NUMBER: copies the file into the run's folder, or notes that there is none; else sets code and why.
keep() {
    eval "file=\$path_$1 want=\$want_$1"
    case $want in
        '' | absent | inode*) as_wanted "$1" || return ;;
        *) exists "$file" || return ;;
    esac
    if [ ! -e "$file" ]; then
        eval "want_$1=absent found_$1=absent"
        record "found $1 absent $file"
        return
    fi
    why="$file is not a regular file"
    [ -f "$file" ] || return
    writable "$1" || return
    attempt copy "$file" "$run/files/$1" || return
    why="$file is not a regular file"
    [ ! -L "$run/files/$1" ] && [ -f "$run/files/$1" ] || return
    case $want in inode*) as_wanted "$1" || return ;; esac
    copied="$copied $1"
}

# replaceable FILE: whether another can be put in the place of what was looked at; else sets code and why.
replaceable() {
    if [ "$links" -gt 1 ]; then
        code=linked why="$1 has $links hard links, of which the others would keep the old bytes"
        return 1
    fi
    if mounted "$1"; then
        code=mounted why="$1 is a mount point, so it cannot be replaced"
        return 1
    fi
}

# writable NUMBER: whether the file may be opened for writing, as even root may not where it is immutable or
# append-only; else sets code and why.
#
# Not tried where its inode is what counts: on an overlay it would get another one.
writable() {
    eval "file=\$path_$1 want=\$want_$1"
    case $want in inode*) return ;; esac
    if { true <>"$file"; } 2>/dev/null; then return; fi
    code=fixed why=$({ true <>"$file"; } 2>&1)
    attributes "$file"
    return 1
}

# can_come_and_go PATH…: whether the folders let files be put and removed, as far as lsattr is there to say; else
# sets code and why.
#
# From an append-only folder not even what was staged could be removed again.
can_come_and_go() {
    command -v lsattr >/dev/null || return 0
    for path; do
        set -- "$@" "${path%/*}/"
        shift
    done
    left=$(lsattr -d -- "$@" 2>/dev/null)$newline
    while [ -n "$left" ]; do
        line=${left%%"$newline"*} left=${left#*"$newline"}
        case ${line%% *} in
            *[ia]*)
                code=fixed why="lsattr: $line"
                return 1
                ;;
        esac
    done
}

# mounted FILE: whether it is a mount point.
mounted() {
    case $mounts in *" $1 "*) ;; *) return 1 ;; esac
    while read -r _ _ _ _ point _; do
        [ "$point" != "$1" ] || return 0
    done </proc/self/mountinfo
    return 1
}
