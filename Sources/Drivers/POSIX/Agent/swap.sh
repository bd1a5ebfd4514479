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
    record end && journal swap && flush_all && attempt mv -- "$run/state.preparing" "$run/state.pending" || return
    put_staged || return
    for role in setting removed; do
        for i in $order; do
            eval "each=\$role_$i"
            case $role-$each in
                setting-setting) put_setting "$i" || return ;;
                removed-removed) put "$i" || return ;;
            esac
        done
    done
    set --
    folders=$newline
    for i in $order; do
        eval "role=\$role_$i folder=\${path_$i%/*}/"
        [ "$role" != setting ] || continue
        case $folders in *"$newline$folder$newline"*) continue ;; esac
        folders=$folders$folder$newline
        set -- "$@" "$folder"
    done
    [ $# -eq 0 ] || flush "$@"
}

# flush_all: brings onto the disk all by which the host can be put back, and what is to be put in its place.
flush_all() {
    # None where every file is new.
    set -- "$run"/files/*
    [ -e "$1" ] || shift
    for i in $order; do
        eval "temp=\$temp_$i index=\$index_$i"
        [ -z "$temp" ] || set -- "$@" "$temp"
        [ -z "$index" ] || eval "set -- \"\$@\" \"\$temp_$index\""
    done
    flush "$@" "$run/restore" "$run/manifest" "$run/journal" "$run" "$B"
}

# put_staged: puts what was staged in its place, in order: what follows one another in the same folder by one command,
# which renames one after another. Else sets code and why.
put_staged() {
    batch='' into=''
    for i in $order; do
        eval "role=\$role_$i index=\$index_$i"
        [ "$role" = staged ] || continue
        for staging in $i $index; do
            eval "file=\$path_$staging temp=\$temp_$staging"
            folder=${file%/*}
            # What does not be there under its own name is renamed by itself.
            [ "$temp" = "$folder/.mtactl-${run##*/}/${file##*/}" ] || folder=''
            if [ -z "$folder" ] || [ "$folder" != "$into" ]; then
                put_batch || return
                batch='' into=$folder
            fi
            if [ -n "$folder" ]; then batch="$batch $staging"; else put "$staging" || return; fi
        done
    done
    put_batch
}

# put_batch: renames the files of `batch` into the folder `into`; else sets code and why.
put_batch() {
    [ -n "$batch" ] || return 0
    awaited && same "$batch" || return
    set --
    for each in $batch; do
        eval "file=\$path_$each; want_$each=; set -- \"\$@\" \"\$temp_$each\""
        journal "swapping $file" || return
    done
    why=$(mv -f -- "$@" "${into:-/}/" 2>&1) || {
        code=$verb
        for each in $batch; do
            eval "file=\$path_$each temp=\$temp_$each"
            [ ! -e "$temp" ] || attributes "$file"
        done
        return 1
    }
    for each in $batch; do eval "say step swapped \"\$path_$each\""; done
}

# all_as_wanted: whether every file and setting is as the plan expects; writes down what replaces them. Else sets code
# and why.
all_as_wanted() {
    i=1 numbers='' staged=''
    while [ "$i" -le "$count" ]; do
        eval "role=\$role_$i"
        case $role in
            setting) as_read "$i" || return ;;
            *) numbers="$numbers $i" ;;
        esac
        i=$((i + 1))
    done
    for i in $order; do
        eval "role=\$role_$i"
        [ "$role" != staged ] || staged="$staged $i"
    done
    same "$numbers" "$staged" || return
    for i in $staged; do
        next
        record "asked $i file $sha" || return
    done
}

# same NUMBERS [STAGED]: whether these files are as the plan expects, checked all at once; then `next` reports on each
# that is staged. Else sets code and why.
same() {
    numbers=$1 hashed='' news=${2-}
    set --
    for each in $numbers; do
        eval "file=\$path_$each want=\$want_$each"
        case $want in
            '' | absent | inode*) as_wanted "$each" || return ;;
            *)
                exists "$file" || return
                hashed="$hashed $each"
                set -- "$@" "$file"
                ;;
        esac
    done
    for each in $news; do eval "set -- \"\$@\" \"\$temp_$each\""; done
    [ $# -gt 0 ] || return 0
    if ! checksums "$@"; then
        # One of them is not a file, or went away: which one, as_wanted says.
        for each in $hashed; do as_wanted "$each" || return; done
        why="what was staged cannot be read"
        return 1
    fi
    for each in $hashed; do
        next
        eval "file=\$path_$each want=\$want_$each"
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

# awaited: whether the run still waits to be confirmed; else sets code and why.
awaited() {
    code=expired why="the dead-man switch has put the host back"
    [ -e "$run/state.pending" ] && code=$verb
}

# put NUMBER: puts a staged file in its place, or removes what is to be absent; else sets code and why.
put() {
    awaited || return
    as_wanted "$1" || return
    eval "file=\$path_$1 temp=\$temp_$1 want_$1="
    journal "swapping $file" || return
    if [ -n "$temp" ]; then attempt into_place "$temp" "$file"; else attempt rm -f -- "$file"; fi || {
        attributes "$file"
        return 1
    }
    say step swapped "$file"
}

run() {
    code=$1
    shift
    # A daemon may take a while.
    send_held
    if [ -n "$run" ]; then journal "$code $*" || return; fi
    capture "$@"
}

# lives FILE NAME word…: as `run health`, unless the process whose number the file holds has this name, which costs no
# program.
lives() {
    if { read -r pid <"$1" && read -r name <"/proc/$pid/comm"; } 2>/dev/null && [ "$name" = "$2" ]; then return; fi
    shift 2
    run health "$@"
}

# says TEXT word…: whether the command prints the text, which is as that of `with`, less the last line break; else sets
# why.
says() {
    code=differs wanted=$(printf '%b' "$1")
    shift
    # Without a program that ends it: what waits forever is left to the controller's patience and the dead-man switch.
    output=$("$@" 2>"$run/errors" </dev/null 3<&-)
    set -- $?
    if [ "$1-$output" = "0-$wanted" ]; then return; fi
    why=$output$newline$(cat "$run/errors" 2>/dev/null)
    return 1
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
