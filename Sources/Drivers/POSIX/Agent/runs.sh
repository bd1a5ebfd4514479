# A run's folder, its state, the lock, and what is kept of each file meanwhile.

# state_of FOLDER: sets state; `none` where the run never began.
state_of() {
    for state in "$1"/state.*; do :; done
    state=${state##*/state.}
    [ "$state" != '*' ] || state=none
}

# named RUN: whether this can be the name of a run.
named() {
    case $1 in '' | *[!A-Za-z0-9-]*) return 1 ;; esac
}

# locked: whether somebody holds the lock; sets holder.
locked() {
    IFS= read -r holder 2>/dev/null <"$B/lock"
}

# unlock RUN: removes the lock if it is this run's.
unlock() {
    if locked && [ "${holder%% *}" = "$1" ]; then rm -f -- "$B/lock"; fi
}

# journal WORDS: writes down what is about to be done; else sets why.
journal() {
    { printf '%s\n' "$*" >>"$run/journal"; } 2>/dev/null && return
    no_room journal
}

# no_room FILE: sets why to what keeps the run's file from being written, in the words of a program: printf is often the
# shell's, and names no reason. Fails.
no_room() {
    why="$run/$1 cannot be written: $(echo 2>/dev/null | cat 2>&1 >>"$run/$1")"
    return 1
}

# record WORDS: a line of the manifest; else sets why.
record() {
    { printf '%s\n' "$*" >>"$run/manifest"; } 2>/dev/null || no_room manifest
}

# number PATH: sets i to the file's number in this transaction, a new one where it is new.
#
# Of each file are kept: path_, want_ (as the plan expects it: HASH, absent, `inode …`, or empty for whatever it is),
# found_ (as it was backed up), was_ and owner_ (then: MODE UID GID, OWNER:GROUP), role_ (staged, removed, index or
# empty), temp_ (staged here), as_ (to be: MODE OWNER:GROUP), index_ (the number of its index).
number() {
    i=1
    while [ "$i" -le "$count" ]; do
        eval "[ \"\$path_$i\" = \"\$1\" ]" && return
        i=$((i + 1))
    done
    count=$i
    eval "path_$i=\$1 want_$i= found_$i= was_$i= owner_$i= role_$i= temp_$i= as_$i= index_$i="
}

# exists FILE: whether it is there, and no link; else sets code and why.
exists() {
    why="$1 is a symbolic link"
    if [ ! -L "$1" ]; then
        [ ! -e "$1" ] || return 0
        why="$1 is not there"
    fi
    code=moved
    return 1
}

# as_wanted NUMBER: whether the file is as the plan expects; else sets code and why.
as_wanted() {
    eval "file=\$path_$1 want=\$want_$1"
    why="$file is a symbolic link"
    if [ ! -L "$file" ]; then
        why="$file is not what it was"
        case $want in
            '') return ;;
            absent) [ -e "$file" ] || return 0 ;;
            inode*) if look "$file" && [ "inode $inode $changed" = "$want" ]; then return; fi ;;
            *) if [ -f "$file" ] && checksum "$file" && [ "$sha" = "$want" ]; then return; fi ;;
        esac
        [ -e "$file" ] || why="$file is not there"
        [ "$want" != absent ] || why="$file is there"
    fi
    code=moved
    return 1
}

# guarded: whether the folder of the backups is root's alone, where there is one; else sets code and why.
guarded() {
    [ -z "$are_guarded" ] || return 0
    sound "$B/lock" && are_guarded=yes
}

# trust USER…: the mail server's own users, whose folders its files may be in.
trust() {
    users "$@"
    trusted="0 $user$uids"
    [ -z "$uids" ] || record "trust$uids"
}

open() {
    if [ -n "$run" ]; then
        code=locked why="this session has opened ${run##*/}"
        return 1
    fi
    guarded || {
        failed=yes
        return 1
    }
    count=0 order='' unsettled='' workdirs=$newline home=$B/$1 code=lacking
    why="its name, its restore program, or sha256sum (or sha256, openssl, shasum) is missing or wrong"
    named "$1" && [ -n "$digest" ] && [ "$payload$R" != 0 ] && claim || {
        failed=yes
        return 1
    }
    begin_run "$@" && return
    run='' failed=yes
    rm -rf -- "$home"
    return 1
}

# claim: makes the run's folder, home; else sets code and why. Of sessions with a run of the same name, only one made
# it: whose mkdir had nothing to say of the folder itself. Another may have made `files` in it, or the folder around it.
claim() {
    is_taken && return 1
    [ -d "${B%/*}" ] || attempt mkdir -p -- "${B%/*}" || return
    set -- "$home" "$home/files"
    [ -d "$B" ] || set -- "$B" "$@"
    why=$(mkdir -m 700 -- "$@" 2>&1) && return
    case $why in
        *"$home/files"*) others=${why%%"$home/files"*}${why#*"$home/files"} ;;
        *) others=$why ;;
    esac
    why=${why%%"$newline"*}
    case $others in
        *"$home"*) is_taken ;;
        *)
            [ ! -d "$home/files" ] || return 0
            rmdir -- "$home" 2>/dev/null
            ;;
    esac
    return 1
}

# is_taken: whether the run's folder is there; sets code, and why where it is.
is_taken() {
    code=unwritable
    [ -e "$home" ] && code=taken why="$home is there"
}

# begin_run RUN WHO SERVER: fills the folder and takes the lock; else sets code and why.
begin_run() {
    run=$home names_synced=yes
    # The agent may have waited for whoever was asked.
    now
    [ $((hundredths - begun_at)) -lt 100 ] || date_now
    take_restore && sign "$1 by $2 since $since" &&
        journal "opened $since" && record 'mtactl-manifest 1' && record "server $3" || return
    # A second name, not a folder: there is no moment in which the lock does not say whose it is.
    attempt ln "$run/who" "$B/lock" || {
        if locked; then code=locked why=$holder; fi
        return 1
    }
    for folder in "$B"/*/; do
        folder=${folder%/}
        state_of "$folder"
        case $state in
            preparing | pending | restoring | stranded)
                unlock "$1"
                code=unfinished why="${folder##*/} is $state"
                return 1
                ;;
        esac
    done
    attempt empty "$run/state.preparing" || {
        unlock "$1"
        return 1
    }
}

# take_restore: writes the restore program, which comes with the call or came before the agent; else sets why.
take_restore() {
    if [ "$payload" -gt 0 ]; then
        take_to "$run/restore"
    else
        { printf '%s\n' "$R" >"$run/restore"; } 2>/dev/null || no_room restore
    fi
}

# note BYTES: keeps what the plan showed; else sets code and why.
note() {
    code=backup
    take_to "$run/edits"
}

# sign WORDS: writes down whose the run is, and which process is its agent; else sets why.
sign() {
    { printf '%s\n' "$1" >"$run/who" && echo $$ >"$run/agent"; } 2>/dev/null || no_room agent
}
