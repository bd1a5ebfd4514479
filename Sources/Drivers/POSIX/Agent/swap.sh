# What changes the host: files are put in their places, and the server is told.

manifest() {
    which=$1
    shift
    quoted "$@"
    record "$which$quoted"
}

swap() {
    settle && all_as_wanted || return
    remember "before mtactl's run ${run##*/}"
    i=1
    while [ "$i" -le "$count" ]; do
        # Until the run is confirmed, the server may rebuild what it derives from other files.
        if derived "$i"; then record "asked $i any" || return; fi
        i=$((i + 1))
    done
    # None where every file is new.
    set -- "$run"/files/*
    [ -e "$1" ] || shift
    record end && journal swap && flush "$@" "$run/manifest" "$run/journal" "$run" "$B" &&
        attempt mv -- "$run/state.preparing" "$run/state.pending" || return
    for i in $order; do
        eval "role=\$role_$i index=\$index_$i"
        [ "$role" = staged ] || continue
        put "$i" || return
        [ -z "$index" ] || put "$index" || return
    done
    for i in $order; do
        eval "role=\$role_$i"
        [ "$role" != removed ] || put "$i" || return
    done
    set --
    folders=$newline
    for i in $order; do
        eval "folder=\${path_$i%/*}/"
        case $folders in *"$newline$folder$newline"*) continue ;; esac
        folders=$folders$folder$newline
        set -- "$@" "$folder"
    done
    [ $# -eq 0 ] || flush "$@"
}

# all_as_wanted: whether every file is what it is to be found as; else sets code and why.
all_as_wanted() {
    i=1 hashed=
    set --
    while [ "$i" -le "$count" ]; do
        eval "file=\$path_$i want=\$want_$i"
        case $want in
            '' | absent | inode*) as_wanted "$i" || return ;;
            *)
                exists "$file" || return
                hashed="$hashed $i"
                set -- "$@" "$file"
                ;;
        esac
        i=$((i + 1))
    done
    [ $# -gt 0 ] || return 0
    if ! checksums "$@"; then
        # One of them is no file, or went away: which one, as_wanted says.
        for i in $hashed; do as_wanted "$i" || return; done
        return
    fi
    for i in $hashed; do
        next
        eval "file=\$path_$i want=\$want_$i"
        if [ "$sha" != "$want" ]; then
            code=moved why="$file is not what it was"
            return 1
        fi
    done
}

# derived NUMBER: whether the file was backed up because the server makes it from others.
derived() {
    eval "role=\$role_$1 found=\$found_$1"
    case $role-$found in -?* | index-*) return ;; esac
    return 1
}

# put NUMBER: puts a staged file in its place, or removes what is to be absent; else sets code and why.
put() {
    code=expired why="the dead-man switch has put the host back"
    [ -e "$run/state.pending" ] || return
    code=$verb
    as_wanted "$1" || return
    eval "file=\$path_$1 temp=\$temp_$1 want_$1="
    journal "swapping $file" || return
    if [ -n "$temp" ]; then attempt mv -f -- "$temp" "$file"; else attempt rm -f -- "$file"; fi || {
        attributes "$file"
        return 1
    }
    say step swapped "$file"
}

run() {
    code=$1
    shift
    # A daemon may take a while.
    tell
    if [ -n "$run" ]; then journal "$code $*" || return; fi
    capture "$@"
}

# prints HASH word…: whether the command prints what has this hash, with a line break at its end; else sets why.
prints() {
    code=differs wanted=$1
    shift
    capture "$@" || return
    if checksum "$run/output" && [ "$sha" = "$wanted" ]; then return; fi
    # Not every program ends its last line.
    printed
    sha=$(printf '%s\n' "${output%"$newline"}" | $digest) && [ "${sha%% *}" = "$wanted" ]
}
