# What the agent makes of the host's own tools, whichever dialect they speak.

# choose_tools: which of their dialects this host's tools speak, in as few processes as can tell; sets user, and what
# date_now does.
choose_tools() {
    dialect='' digest='' whole_blocks=unknown
    for tool in 'sha256sum' 'sha256 -q' 'openssl dgst -sha256 -r' 'shasum -a 256'; do
        command -v "${tool%% *}" >/dev/null && digest=$tool && break
    done
    # With what is asked at once and needs a program, as there is none that tells.
    for limit in 'timeout -k 5 60' 'timeout 60' ''; do
        date_now && break
    done
    user=''
    while read -r word user _; do [ "$word" != Uid: ] || break; done 2>/dev/null </proc/self/status
    [ -n "$user" ] || user=$(id -u)
    trusted="0 $user"
}

# date_now: sets the time: since, in UTC, begun, in seconds since 1970, and begun_at, as `now` does.
date_now() {
    since=$($limit date -u '+%Y-%m-%dT%H:%M:%SZ %s' 2>/dev/null)
    set -- $?
    begun=${since#* } since=${since%% *}
    now
    begun_at=$hundredths
    return "$1"
}

# attempt word…: does what may be done twice: the second time, where the first failed, for its words; else sets why.
#
# What prints into a variable costs a shell of its own each time.
attempt() {
    "$@" >/dev/null 2>&1 && return
    why=$("$@" 2>&1)
}

# fills_blocks: whether this dd can be told to wait until a block is full.
fills_blocks() {
    if [ "$whole_blocks" = unknown ]; then
        whole_blocks=
        if dd iflag=fullblock count=0 </dev/null 2>/dev/null; then whole_blocks=yes; fi
    fi
    [ -n "$whole_blocks" ]
}

# take: what is left of the payload of this call, on stdout.
take() {
    if [ -n "$text" ]; then
        printf '%b' "$text" 2>/dev/null
        return
    fi
    [ "$payload" -gt 0 ] || return 0
    if fills_blocks; then
        dd bs="$payload" count=1 iflag=fullblock <&3 2>/dev/null
    else
        dd ibs=1 obs=65536 count="$payload" <&3 2>/dev/null
    fi
}

# take_to FILE: what is left of the payload of this call, into a file that is not there or empty; else sets why.
take_to() {
    why="$1 was not written completely"
    if [ -n "$text" ]; then
        { take >"$1"; } 2>/dev/null && return
        why="$why: $(echo 2>/dev/null | cat 2>&1 >>"$1")"
        return 1
    fi
    [ "$payload" -gt 0 ] || return 0
    if [ "$whole_blocks" != '' ] && take_block "$1"; then
        whole_blocks=yes
    elif [ "$payload" -eq 0 ] || fills_blocks; then
        return 1
    else
        wanted=$payload why=$(take | (
            cat 2>&1 >"$1"
            set -- $?
            cat >/dev/null
            exit "$1"
        ))
        set -- $? "$1"
        payload=0
        [ "$1" -eq 0 ] || return
        why="$2 was not written completely"
        look "$2" && [ "$size" = "$wanted" ]
    fi
}

# take_block FILE: the same, by a dd that waits until a block is full.
take_block() {
    said=$(dd bs="$payload" count=1 iflag=fullblock <&3 2>&1 >"$1")
    set -- $?
    # Where it could not even read them, what they are must not be taken for calls.
    case $said in *'1+0 records in'*) payload=0 ;; esac
    [ "$1" -eq 0 ] || why=${said%%"$newline"*}
    [ "$1-$payload" = 0-0 ]
}

# checksum FILE: sets sha.
checksum() {
    sha=$($digest <"$1" 2>/dev/null) && sha=${sha%% *} && [ -n "$sha" ]
}

# checksums FILE…: makes `next` set sha for one after another. Whole paths, and no line breaks in them.
checksums() {
    sums=$($digest "$@" 2>/dev/null)
}

next() {
    sha=${sums%%"$newline"*} sums=${sums#*"$newline"}
    sha=${sha%% *}
    # So sha256sum marks a name that it had to escape.
    sha=${sha#\\}
}

# looks FILE…: makes `next_look` set for one after another: mode, uid, gid, owner, group, size, inode, links and changed
# (when the inode was, as stat prints it).
looks() {
    if [ "$dialect" != bsd ] && seen=$(stat -c '%a/%u/%g/%U/%G/%s/%i/%h/%z' -- "$@" 2>/dev/null); then
        dialect=gnu
    else
        [ "$dialect" != gnu ] && seen=$(stat -f '%Mp%Lp/%u/%g/%Su/%Sg/%z/%i/%l/%Fc' -- "$@" 2>/dev/null) || return
        dialect=bsd
    fi
}

# look FILE: the same of one.
look() {
    looks "$1" && next_look
}

next_look() {
    looked=${seen%%"$newline"*} seen=${seen#*"$newline"}
    for field in mode uid gid owner group size inode links; do
        eval "$field=\${looked%%/*}"
        looked=${looked#*/}
    done
    changed=$looked
}

# copy FROM TO: with owner, mode, times, and whatever else cp can keep; a link as a link.
copy() {
    cp -P --preserve=all -- "$1" "$2" 2>/dev/null || cp -P -p -- "$1" "$2"
}

# users NAME…: sets uids, with a blank before each, of those that there are.
#
# Where /etc/passwd has them, without a process.
users() {
    uids=
    while IFS=: read -r name _ uid _; do
        for wanted; do [ "$name" != "$wanted" ] || uids="$uids $uid"; done
    done 2>/dev/null </etc/passwd
    [ -z "$uids" ] || return 0
    for wanted; do
        uid=$(id -u -- "$wanted" 2>/dev/null 3<&-) && uids="$uids $uid"
    done
    return 0
}

# flush FILE…: onto the disk. Where sync takes no names, everything is. Else sets why.
flush() {
    if [ -n "$names_synced" ]; then
        why=$(sync "$@" 2>&1) && return
        if sync "$run/restore" 2>/dev/null; then return 1; fi
        names_synced=
    fi
    sync
}

# capture word…: runs a command for at most a minute; returns its status, and where it failed sets what `printed` does.
#
# Through files, where there is a folder for them: a daemon that the command starts may keep a pipe open forever.
capture() {
    if [ -z "$run" ]; then
        output=$(
            $limit "$@" 2>&1 3<&-
            echo "x$?"
        )
        set -- "${output##*x}"
        output=${output%x*}
    else
        $limit "$@" >"$run/output" 2>"$run/errors" 3<&-
        set -- $?
    fi
    [ "$1" -eq 0 ] || printed
    return "$1"
}

# printed: sets what the captured command printed: output, errors and, from both, why.
printed() {
    errors=
    if [ -n "$run" ]; then
        [ ! -s "$run/errors" ] || errors=$(cat "$run/errors")
        output=
        [ ! -s "$run/output" ] || output=$(
            cat "$run/output"
            echo x
        )
        output=${output%x}
    fi
    why=$errors$newline$output
}

# filled PLACE word…: runs the words with PLACE for each `{}`.
filled() {
    place=$1
    shift
    for word; do
        filling=
        while :; do
            case $word in
                *'{}'*) filling=$filling${word%%'{}'*}$place word=${word#*'{}'} ;;
                *) break ;;
            esac
        done
        shift
        set -- "$@" "$filling$word"
    done
    "$@"
}

# quoted word…: sets quoted to the words as a shell reads them.
quoted() {
    quoted=
    for word; do
        quoting=
        while :; do
            case $word in
                *\'*) quoting=$quoting${word%%\'*}"'\\''" word=${word#*\'} ;;
                *) break ;;
            esac
        done
        quoted="$quoted '$quoting$word'"
    done
}
