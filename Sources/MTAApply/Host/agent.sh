# mtactl's agent: what changes a host, for the length of one session.
#
# It comes on the standard input of `/bin/sh -s`, after the lines `N=nonce` and `B=folder of the backups`. Then it
# reads calls, a line each, and answers each. It writes down every step before it takes it, and puts the host back
# when a step fails or the controller goes away. What is to be undone, and how, is in the run's folder:
#
#   B/lock               who changes the host: `RUN by WHO since TIME`, a second name of B/RUN/who
#   B/RUN/state.STATE    preparing, pending, confirmed, restoring, restored or stranded; changed by one rename
#   B/RUN/manifest       every file as found and as asked, by number; ends with the line `end` once files are swapped
#   B/RUN/files/NUMBER   the files as found
#   B/RUN/journal        what was begun, a step a line
#   B/RUN/restore        puts everything back; stands alone
#   B/RUN/agent          the agent's process, until the run is over
#   B/RUN/armed          when the dead-man switch puts everything back, in seconds since 1970, and after how many it was to
#
# A call is a function of its name. It returns 0, or sets `why` and, where it is not the call's name, `code`. POSIX sh
# has no local variables: what a function sets for others is in its comment.

# shellcheck disable=SC2015,SC2154,SC2317 # `a && b || return` is meant so; eval sets and calls what seems unset and uncalled

PATH=/usr/sbin:/usr/local/sbin:/sbin:/usr/bin:/bin:/usr/local/bin:$PATH
LC_ALL=C
export PATH LC_ALL
umask 077
set -u

# The run's folder while a transaction is open, else empty.
run=
# Set when a call of the transaction failed: the rest of it is skipped.
failed=
# Set when nobody reads our answers any more.
gone=
count=0
order=
# Numbers of files that were staged and are not on the disk yet.
unsettled=
mark=
# Gives new files no access list.
plain_folder=
# Set when sendmail did not take the message: there is nothing to watch for.
unsent=
newline='
'

# Answers ------------------------------------------------------------------------------------------------------------

say() {
    printf '@%s %s\n' "$N" "$*" 2>/dev/null || gone=yes
}

# words NAME TEXT: a body of at most 4 KiB.
words() {
    printf '@%s begin %s\n%.4096s\n@%s end 0\n' "$N" "$1" "$2" "$N" 2>/dev/null || gone=yes
}

# call VERB WORD…: performs one call, or skips it, and answers.
call() {
    verb=$1 code=$1 why='' result='' payload=0
    shift
    case $verb in
        open) payload=$4 failed='' ;;
        stage) payload=$5 ;;
        submit) payload=$3 ;;
        expect | backup | arm | remove | build | check | manifest | swap | confirm | undo | close) ;;
        mark | run | prints | watch | leads) ;;
        list | audit | show | state | restore | prune | break_lock)
            if "$verb" "$@"; then say 'done' "$verb"; else say failed "$verb" "$code"; fi
            return
            ;;
        *) return ;;
    esac
    case $verb-$run-$failed in
        open-* | mark-*- | run-*- | prints-*- | submit-*- | watch-*- | leads-*- | *-?*-) perform "$@" ;;
        *--) say failed "$verb" none ;;
        *) say skipped "$verb" ;;
    esac
    take >/dev/null
}

# perform WORD…: the call that verb names.
perform() {
    if "$verb" "$@"; then say 'done' "$verb" ${result:+"$result"}; else fail; fi
}

# fail: answers, and ends the transaction; after the change it is the controller that judges what came of the proof.
fail() {
    [ -z "$why" ] || words why "$why"
    say failed "$verb" "$code"
    case $verb-$code in submit-* | watch-* | leads-* | run-discard) return ;; esac
    [ -z "$run" ] || failed=yes
    put_back
}

# put_back: runs the restore program of the open transaction, if there is one, and says what came of it.
put_back() {
    [ -n "$run" ] || return 0
    revert
    words restore "$restored"
    say undone "$undone"
}

# heed_signals: what ends the agent makes it put back an open transaction first.
heed_signals() {
    trap 'exit 1' HUP INT TERM
}

# revert: runs the restore program of the open transaction and ends it; sets ended, restored and undone.
revert() {
    state_of "$run"
    ended=$run run=''
    restored=$(sh "$ended/restore" 2>&1 3<&-)
    case $?-$state in
        0-preparing) undone=refused ;;
        0-*) undone=restored ;;
        *) undone=stranded ;;
    esac
}

# Tools --------------------------------------------------------------------------------------------------------------

# choose_tools: which of their dialects this host's tools speak, in as few processes as can tell; sets user, too.
choose_tools() {
    dialect='' digest='' whole_blocks=''
    for tool in 'sha256sum' 'sha256 -q' 'openssl dgst -sha256 -r' 'shasum -a 256'; do
        command -v "${tool%% *}" >/dev/null && digest=$tool && break
    done
    if dd iflag=fullblock count=0 </dev/null 2>/dev/null; then whole_blocks=yes; fi
    for limit in 'timeout -k 5 60' 'timeout 60' ''; do user=$($limit id -u 2>/dev/null) && break; done
}

# take: what is left of the payload of this call, on stdout.
take() {
    [ "$payload" -gt 0 ] || return 0
    if [ -n "$whole_blocks" ]; then
        dd bs="$payload" count=1 iflag=fullblock <&3 2>/dev/null
    else
        dd ibs=1 obs=65536 count="$payload" <&3 2>/dev/null
    fi
}

# take_to FILE: what is left of the payload of this call, into a file that is there and empty; else sets why.
take_to() {
    why="$1 did not take all of its bytes"
    [ "$payload" -gt 0 ] || return 0
    if [ -z "$whole_blocks" ]; then
        wanted=$payload why=$(take | (
            cat 2>&1 >"$1"
            set -- $?
            cat >/dev/null
            exit "$1"
        ))
        set -- $? "$1"
        payload=0
        [ "$1" -eq 0 ] || return
        why="$2 did not take all of its bytes"
        look "$2" && [ "$size" = "$wanted" ]
        return
    fi
    said=$({ dd bs="$payload" count=1 iflag=fullblock <&3 >"$1"; } 2>&1)
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

# look FILE: sets mode, uid, gid, owner, group, size, inode, links and changed (when the inode was, as stat prints it).
look() {
    if [ "$dialect" != bsd ] && looked=$(stat -c '%a/%u/%g/%U/%G/%s/%i/%h/%z' -- "$1" 2>/dev/null); then
        dialect=gnu
    else
        [ "$dialect" != gnu ] && looked=$(stat -f '%Mp%Lp/%u/%g/%Su/%Sg/%z/%i/%l/%Fc' -- "$1" 2>/dev/null) || return
        dialect=bsd
    fi
    for field in mode uid gid owner group size inode links; do
        eval "$field=\${looked%%/*}"
        looked=${looked#*/}
    done
    changed=$looked
}

# copy FROM TO: with owner, mode, times, and whatever else cp can keep.
copy() {
    cp --preserve=all -- "$1" "$2" 2>/dev/null || cp -p -- "$1" "$2"
}

# flush FILE…: onto the disk. Where sync takes no names, everything is. Else sets why.
flush() {
    if [ -n "$names_synced" ]; then why=$(sync "$@" 2>&1); else sync; fi
}

# capture word…: runs a command for at most a minute; returns its status, and where it failed sets what `printed` does.
#
# Through files, where there is a folder for them: a daemon that the command starts may keep a pipe open for ever.
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

# Runs ---------------------------------------------------------------------------------------------------------------

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

# unlock RUN: opens the lock if it is this run's.
unlock() {
    if locked && [ "${holder%% *}" = "$1" ]; then rm -f -- "$B/lock"; fi
}

# journal WORDS: writes down what is about to be done; else sets why.
journal() {
    { printf '%s\n' "$*" >>"$run/journal"; } 2>/dev/null && return
    why="$run/journal cannot be written"
    return 1
}

# record WORDS: a line of the manifest; else sets why.
record() {
    { printf '%s\n' "$*" >>"$run/manifest"; } 2>/dev/null && return
    why="$run/manifest cannot be written"
    return 1
}

# number PATH: sets i to the file's number in this transaction, a new one where it is new.
#
# Of each file are kept: path_, want_ (as it is to be found: HASH, absent, `inode …`, or empty for whatever it is),
# found_ (as it was backed up), role_ (staged, removed, index or empty), temp_ (staged here), as_ (MODE/OWNER:GROUP),
# index_ (the number of its index).
number() {
    i=1
    while [ "$i" -le "$count" ]; do
        eval "[ \"\$path_$i\" = \"\$1\" ]" && return
        i=$((i + 1))
    done
    count=$i
    eval "path_$i=\$1 want_$i= found_$i= role_$i= temp_$i= as_$i= index_$i="
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

# as_wanted NUMBER: whether the file is what it is to be found as; else sets code and why.
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

open() {
    program=$(
        take
        echo x
    )
    [ "${#program}" -ne "$((payload + 1))" ] || payload=0
    if [ -n "$run" ]; then
        code=locked why="this session has opened ${run##*/}"
        return 1
    fi
    count=0 order='' unsettled='' home=$B/$1 code=unwritable
    why="the name of the run, its restore program, or a program for SHA-256 is missing"
    # shellcheck disable=SC2174 # the last folder is meant: where those above it give access lists, the mask does nothing
    named "$1" && [ -n "$digest" ] && [ "$payload" = 0 ] &&
        why=$({ mkdir -p -m 700 "$B" && mkdir "$home" "$home/files"; } 2>&1) || {
        failed=yes
        # Only where it was made just now: another run's is not empty.
        rmdir -- "$home" 2>/dev/null
        return 1
    }
    if begin_run "$@"; then
        prune_to 10
        return
    fi
    run='' failed=yes
    rm -rf -- "$home"
    return 1
}

# begin_run RUN WHO SERVER: fills the folder and takes the lock; else sets code and why.
begin_run() {
    run=$home names_synced='' since=$(date -u '+%Y-%m-%dT%H:%M:%SZ %s')
    begun=${since#* } since=${since%% *}
    why=$({ printf '%s' "${program%x}" >"$run/restore" &&
        printf '%s\n' "$1 by $2 since $since" >"$run/who" && echo $$ >"$run/agent"; } 2>&1) &&
        journal "opened $since" && record 'mtactl-manifest 1' && record "server $3" || return
    if sync "$run/restore" 2>/dev/null; then names_synced=yes; fi
    # A second name, not a folder: there is no moment in which the lock does not say whose it is.
    why=$(ln "$run/who" "$B/lock" 2>&1) || {
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
    why=$(true 2>&1 >"$run/state.preparing") || {
        unlock "$1"
        return 1
    }
}

# Preparing ----------------------------------------------------------------------------------------------------------

expect() {
    # shellcheck disable=SC2034 # eval reads it
    case $1 in
        sha256) expected=$2 && shift 2 ;;
        absent) expected=absent && shift ;;
        inode) expected="inode $2 $3" && shift 3 ;;
    esac
    number "$1"
    eval "want_$i=\$expected"
    as_wanted "$i"
}

backup() {
    can_come_and_go "$@" || return
    # Not line by line: a shell reads a byte at a time.
    copied='' mounts=$(cat /proc/self/mountinfo 2>/dev/null)
    for path; do
        why="$path is no whole path"
        case $path in *"$newline"*) return 1 ;; /*) ;; *) return 1 ;; esac
        number "$path"
        journal "backing up $path" && keep "$i" || return
    done
    set --
    for i in $copied; do eval "set -- \"\$@\" \"\$run/files/$i\" \"\$path_$i\""; done
    why="what was backed up cannot be read"
    [ $# -eq 0 ] || checksums "$@" || return
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
    why="$file is no file"
    [ -f "$file" ] || return
    writable "$1" || return
    why=$(copy "$file" "$run/files/$1" 2>&1) || return
    case $want in inode*) as_wanted "$1" || return ;; esac
    why="$file cannot be read"
    look "$file" || return
    if [ "$links" -gt 1 ]; then
        code=linked why="$file has $links names (hard links), of which the others would keep the old bytes"
        return 1
    fi
    if mounted "$file"; then
        code=mounted why="$file is mounted by itself, so nothing can be put in its place"
        return 1
    fi
    eval "was_$1=\"\$mode \$uid \$gid\""
    copied="$copied $1"
}

# writable NUMBER: whether the file may be opened for writing, as even root may not where it is immutable or append-only;
# else sets code and why.
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

# can_come_and_go PATH…: whether the folders let files be put and taken away, as far as lsattr is there to say; else sets
# code and why.
#
# From an append-only folder not even what was staged could be taken away again.
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

# arm SECONDS: after so long the host puts itself back, whatever became of us, unless the run was confirmed before.
#
# Either a timer of systemd's or a process of its own, which has nothing to do with our session; and because neither
# outlives a reboot, something that is done at boot.
arm() {
    why="$1 is no number of seconds"
    case $1 in '' | *[!0-9]*) return 1 ;; esac
    now=$(date +%s) && unit=mtactl-${run##*/} && journal "arming for $1 seconds" || return
    why=$({ printf '%s\n' "$((now + $1)) $1" >"$run/armed"; } 2>&1) || return
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

stage() {
    number "$1"
    temp=$1.mtactl-${run##*/}
    eval "found=\$found_$i"
    why="$1 was not backed up"
    [ -n "$found" ] && journal "staging $1" && make_beside "$@" || {
        attributes "$1"
        return 1
    }
    take_to "$temp" || return
    eval "role_$i=staged temp_$i=\$temp as_$i=\$2/\$3:\$4"
    order="$order $i" unsettled="$unsettled $i"
}

# settle: dates what was staged, brings it onto the disk and writes down what it is; else sets why.
settle() {
    [ -n "$unsettled" ] || return 0
    set --
    for i in $unsettled; do
        eval "temp=\$temp_$i role=\$role_$i"
        [ "$role" != staged ] || set -- "$@" "$temp"
    done
    why="what was staged cannot be read"
    [ $# -eq 0 ] || { cool "$@" && checksums "$@"; } || return
    for i in $unsettled; do
        eval "temp=\$temp_$i role=\$role_$i"
        if [ "$role" = staged ]; then
            next
            record "asked $i file $sha" || return
        else
            set -- "$@" "$temp"
        fi
    done
    flush "$@" && unsettled=
}

# cool FILE…: dates them two seconds before the run.
#
# Postfix takes a younger main.cf for half written, and each of its programs sleeps until it is older ("pausing to let
# file cool down", dict_load_file_xt in its src/util/dict.c). Ours comes by rename, whole.
cool() {
    case $begun in '' | *[!0-9]*) return 0 ;; esac
    touch -d "@$((begun - 2))" -- "$@" || touch -A -000002 -- "$@" || :
} 2>/dev/null

# make_beside PATH MODE OWNER GROUP BYTES [secret]: makes temp, empty, with the permissions it is to have; else sets why.
make_beside() {
    why=$(
        set -C
        { true >"$temp"; } 2>&1
    ) && bare "$temp" || return
    if [ ! -e "$1" ]; then
        :
    elif [ "${6-}" != secret ] && look "$1" && { [ "$owner:$group" = "$3:$4" ] || [ "$uid:$gid" = "$3:$4" ]; } && within "$mode" "$2"; then
        why=$(copy "$1" "$temp" 2>&1) || return
    else
        # Not the access lists: they must not widen what narrows a mode, nor let anybody read a secret.
        cp --attributes-only --preserve=xattr -- "$1" "$temp" 2>/dev/null
        [ ! -e /sys/fs/selinux/enforce ] || chcon --reference="$1" -- "$temp" 2>/dev/null
    fi
    why=$(true 2>&1 >"$temp") && permit "$temp" "$2" "$3:$4"
}

# permit FILE MODE OWNER:GROUP: gives it them, unless it has them; else sets why.
permit() {
    why="$1 is not there"
    look "$1" || return
    if [ "$owner:$group" != "$3" ] && [ "$uid:$gid" != "$3" ]; then
        # It may take bits of the mode away.
        why=$(chown "$3" "$1" 2>&1) || return
        mode=
    fi
    [ "$mode" = "${2#0}" ] || why=$(chmod "$2" "$1" 2>&1)
}

# bare FILE: takes from a new file the access list that its folder gives to each (acl(5), default); else sets why.
#
# Under it, the group's rights are those of everybody whom the list names. cp keeps it, install does not (coreutils 9.7).
bare() {
    [ "${1%/*}" != "$plain_folder" ] || return 0
    case $(ls -ld -- "${1%/*}/" 2>/dev/null) in
        ??????????+*) ;;
        *)
            plain_folder=${1%/*}
            return 0
            ;;
    esac
    why=$({ install -m 600 -- "$1" "$1.bare" && mv -f -- "$1.bare" "$1"; } 2>&1)
}

# within MODE MODE: whether the first lets nobody in whom the second keeps out.
within() {
    narrow=${1#"${1%???}"} wide=${2#"${2%???}"}
    while [ -n "$narrow" ]; do
        # One octal digit at a time: not every shell reads a leading 0 as octal.
        [ "$((${narrow%"${narrow#?}"} & ~${wide%"${wide#?}"}))" -eq 0 ] || return
        narrow=${narrow#?} wide=${wide#?}
    done
}

# attributes PATH: adds to why what keeps even root from changing a file.
attributes() {
    flags=$(lsattr -d -- "$1" "${1%/*}/" 2>/dev/null | grep '^[^ ]*[ia]') && why="$why${newline}lsattr: $flags"
}

remove() {
    number "$1"
    eval "found=\$found_$i"
    why="$1 was not backed up"
    [ -n "$found" ] && journal "to remove $1" && record "asked $i absent" || return
    eval "role_$i=removed"
    order="$order $i"
}

build() {
    number "$1"
    source=$i
    eval "staged=\$temp_$i as=\$as_$i"
    number "$1$2"
    eval "found=\$found_$i"
    temp=$staged$2
    why="$1$2 was not backed up, or $1 is not staged"
    [ -n "$staged" ] && [ -n "$found" ] && journal "building $1$2" || return
    shift 2
    filled "$staged" capture "$@" && bare "$temp" && permit "$temp" "${as%%/*}" "${as#*/}" || return
    eval "role_$i=index temp_$i=\$temp index_$source=$i"
    unsettled="$unsettled $i"
}

check() {
    check_copies "$@"
    set -- $?
    rm -rf -- "$run/check"
    return "$1"
}

check_copies() {
    settle && lay staged "$@" || return
    printed
    [ -n "$errors" ] || return 0
    fresh=$errors
    lay found "$@"
    printed
    why=$(fresh_lines "$fresh" "$errors")
    [ -z "$why" ]
}

# lay staged|found COUNT file… word…: copies of the files in one folder, and the command run there; else sets why.
#
# The same folder both times, so that what the command says of it compares equal.
lay() {
    side=$1 left=$2
    shift 2
    why=$({ { [ ! -e "$run/check" ] || rm -rf -- "$run/check"; } && mkdir "$run/check"; } 2>&1) || return
    while [ "$left" -gt 0 ]; do
        number "$1"
        eval "role=\$role_$i from=\$path_$i"
        [ "$side" != staged ] || case $role in
            staged | index) eval "from=\$temp_$i" ;;
            removed) from='' ;;
        esac
        to=$run/check/${1##*/}
        why="two files are called ${1##*/}"
        [ ! -e "$to" ] || return
        if [ -e "$from" ]; then why=$(cp -p -- "$from" "$to" 2>&1) || return; fi
        shift
        left=$((left - 1))
    done
    filled "$run/check" capture "$@"
}

# fresh_lines NEW OLD: the lines of NEW that are not among OLD's.
fresh_lines() {
    printf '%s\n' "$1" | while IFS= read -r line; do
        case $newline$2$newline in
            *"$newline$line$newline"*) ;;
            *) printf '%s\n' "$line" ;;
        esac
    done
}

manifest() {
    which=$1
    shift
    quoted "$@"
    record "$which$quoted"
}

# Acting -------------------------------------------------------------------------------------------------------------

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
        why=$(mv -- "$run/state.preparing" "$run/state.pending" 2>&1) || return
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
    if [ -n "$temp" ]; then why=$(mv -f -- "$temp" "$file" 2>&1); else why=$(rm -f -- "$file" 2>&1); fi || {
        attributes "$file"
        return 1
    }
    say step swapped "$file"
}

run() {
    code=$1
    shift
    if [ -n "$run" ]; then journal "$code $*" || return; fi
    capture "$@"
}

prints() {
    code=differs wanted=$1
    shift
    capture "$@" || return
    printed
    sum=$(printf '%s' "${output%"$newline"}" | $digest) && [ "${sum%% *}" = "$wanted" ]
}

# submit FROM TO BYTES word…: hands the payload to sendmail, with the words too, and answers what it printed.
submit() {
    why="there is no sendmail in $PATH" unsent=yes
    command -v sendmail >/dev/null || return
    from=$1 to=$2
    shift 3
    if [ -n "$run" ]; then journal "submitting a message to $to" || return; fi
    why=$(take | (
        capture sendmail "$@" -i -f "$from" -- "$to"
        set -- $?
        printed
        [ -n "$whole_blocks" ] || cat >/dev/null
        printf '%s' "$why"
        exit "$1"
    ))
    set -- $?
    payload=0
    [ "$1" -eq 0 ] || return
    unsent=
    [ -z "$why" ] || words submitted "$why"
}

# The log ------------------------------------------------------------------------------------------------------------

mark() {
    code=log mark=$1
    if [ "$mark" = journal ]; then
        why=$(journalctl -q -n 1 -o cat --show-cursor 2>&1 3<&-) || return
        case $why in
            *'-- cursor: '*) cursor=--after-cursor=${why##*-- cursor: } ;;
            *) cursor=--since=@$(date +%s) ;;
        esac
        return
    fi
    log=$2 log_inode='' log_size=0 why="$2 cannot be read"
    look "$log" || return 0
    log_inode=$inode log_size=$size
    [ -r "$log" ]
}

# since_mark: what was logged since, on stdout. A last line that is not whole ends with a byte 1.
since_mark() {
    if [ "$mark" = journal ]; then
        journalctl -q --no-pager SYSLOG_FACILITY=2 -o short-iso "$cursor" 3<&-
        return
    fi
    look "$log" || return 0
    if [ "$inode" != "$log_inode" ]; then
        # Rotated: the rest of the old file, if it has another name now (of multilog: @TIME.s), then the new one.
        for old in "$log"?* "${log%/*}"/@*; do
            if look "$old" && [ "$inode" = "$log_inode" ]; then tail -c "+$((log_size + 1))" "$old"; fi
        done
        cat "$log"
    elif [ "$size" -lt "$log_size" ]; then
        cat "$log"
    else
        tail -c "+$((log_size + 1))" "$log"
    fi
    printf '\001\n'
}

# wanted_lines c PAT… [u PAT [a PAT]…]…: of stdin; the status says whether a group was met.
#
# The strings come as arguments: awk reads escapes in those of -v.
# shellcheck disable=SC2016 # awk's own
wanted_lines='
    BEGIN {
        for (i = 1; i < ARGC; i += 2) {
            kind = ARGV[i]
            if (kind == "c") keep[++keeps] = ARGV[i + 1]
            else { if (kind == "u") groups++; group[groups, ++size[groups]] = ARGV[i + 1] }
        }
        ARGC = 1
    }
    /\001$/ { next }
    {
        for (k = 1; k <= keeps; k++) if (index($0, keep[k])) break
        if (k > keeps) next
        if ((shown += length($0) + 1) <= 262144) print
        for (g = 1; g <= groups; g++) {
            for (n = 1; n <= size[g]; n++) if (!index($0, group[g, n])) break
            if (n > size[g]) met = 1
        }
    }
    END { exit !met }'

# now: sets hundredths, of a clock that nobody sets where there is one.
now() {
    if IFS=' ' read -r hundredths _ 2>/dev/null </proc/uptime; then
        hundredths=${hundredths%.*}${hundredths#*.}
    else
        hundredths=$(date +%s)00
    fi
}

watch() {
    code=log why="the log was not marked, or nothing was sent"
    [ -n "$mark" ] && [ -z "$unsent" ] || return
    now
    end=$((hundredths + $1 * 100)) beat=$((hundredths + 500))
    shift
    result=timeout
    while :; do
        if lines=$(since_mark | awk "$wanted_lines" "$@"); then
            result=met
            break
        fi
        now
        [ "$hundredths" -lt "$end" ] && [ -z "$gone" ] || break
        # Notices a controller that went away, and keeps the connection from being called idle.
        if [ "$hundredths" -ge "$beat" ]; then
            say step watching
            beat=$((hundredths + 500))
        fi
        sleep 0.2 2>/dev/null || sleep 1
    done
    printf '@%s begin log\n%s\n@%s end 0\n' "$N" "$lines${lines:+$newline}" "$N"
}

# leads NAME ADDRESS: answers yes where the host's own resolver has the address for the name, else no.
#
# For logs that have addresses alone. glibc's getent has one IPv6 address for `hosts`, FreeBSD's knows no `ahosts`.
leads() {
    result=no
    for found in $({ getent ahosts "$1" || getent hosts "$1" || host "$1"; } 2>/dev/null 3<&-); do
        [ "$found" != "$2" ] || result=yes
    done
}

# Ending -------------------------------------------------------------------------------------------------------------

confirm() {
    code=expired
    write_derived
    # What follows takes a moment; ended within it, a confirmed run would leave its lock.
    trap '' HUP INT TERM
    why=$(mv -- "$run/state.pending" "$run/state.confirmed" 2>&1) || {
        heed_signals
        return 1
    }
    journal confirmed
    remember "mtactl's run ${run##*/}"
    ended=$run run=''
    flush "$ended"
    # It would do nothing now; but nothing is to be left.
    sh "$ended/restore" --disarm 3<&-
    set -- "$ended/output" "$ended/errors"
    if locked && [ "${holder%% *}" = "${ended##*/}" ]; then set -- "$@" "$B/lock"; fi
    rm -f -- "$@"
    heed_signals
    prune_to 10
}

# remember WORDS: where etckeeper keeps /etc under git, commits the run's files that everybody may read, and nothing else.
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
    # Not etckeeper's hook: it would add what it writes down of all of /etc, in words of ours (pre-commit.d/30store-metadata).
    [ $# -eq 0 ] || $limit git -C /etc -c user.name=mtactl -c user.email=root@localhost \
        commit -q --no-verify -m "$words" -- "$@"
    return 0
} >/dev/null 2>&1 3<&-

# write_derived: writes down what became of files that the server derives, so that a later restore knows them.
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
    [ -z "$lines" ] || {
        sed '$d' "$run/manifest" && printf '%send\n' "$lines"
    } >"$run/manifest.new" 2>/dev/null && flush "$run/manifest.new" && mv -f -- "$run/manifest.new" "$run/manifest"
}

undo() {
    failed=yes code=stranded
    put_back
    [ "$undone" != stranded ]
}

close() {
    code=pending why="the files are in their places"
    [ -e "$run/state.preparing" ] || return
    revert
    code=stranded why=$restored
    [ "$undone" = refused ] && rm -rf -- "$ended"
}

# break_lock: takes away the lock of a run that ended, or died, without opening it; else sets code and why.
#
# A run that is unfinished keeps it: its restore program opens it. One that has just taken it may be about to begin.
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
    # Away from its place first: what is taken away must be what was looked at.
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

# Kept runs ----------------------------------------------------------------------------------------------------------

# list [COMMAND]: says what is kept; COMMAND is done with each folder.
list() {
    for folder in "$B"/*/; do
        folder=${folder%/} server='-' files=0
        state_of "$folder"
        [ "$state" != none ] || continue
        while IFS= read -r line; do
            case $line in
                'server '*) server=${line#* } ;;
                'found '*) files=$((files + 1)) ;;
            esac
        done 2>/dev/null <"$folder/manifest"
        bytes=$(cat "$folder/files/"* 2>/dev/null | wc -c)
        say run "${folder##*/}" "$state" "$server" "$files" "$((bytes))"
        ${1+"$1"} "$folder"
    done
    if locked; then say lock "$holder"; fi
}

# audit: says what is kept, and after each run what is wrong with its backup.
audit() {
    list say_damage
}

say_damage() {
    whole "$1" || printf '%s\n' "$damage" | while IFS= read -r line; do say damage "${1##*/}" "$line"; done
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
                    damage="${damage}the manifest says of $path what nobody can read$newline"
                elif [ ! -f "$1/files/$3" ]; then
                    damage="$damage$path is not among the files that were kept$newline"
                elif ! checksum "$1/files/$3" || [ "$sha" != "$8" ]; then
                    damage="${damage}files/$3 is not $path as it was$newline"
                fi
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
    for part in manifest journal; do
        named "$1" && [ -r "$B/$1/$part" ] || return
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
    restored=$(sh "$B/$1/restore" ${2+"$2"} 2>&1 3<&-)
    set -- $?
    words restore "$restored"
    case $1 in
        2) code=locked ;;
        3) code=conflict ;;
        4) code=damaged ;;
        *) code=stranded ;;
    esac
    return "$1"
}

prune() {
    prune_to "$1"
}

# prune_to KEEP: removes the oldest runs but so many; none that may be needed, and not the newest that is whole.
prune_to() {
    keep=$1 runs=0 newest=
    set --
    for folder in "$B"/*/; do
        [ -d "$folder" ] || continue
        runs=$((runs + 1))
        if [ -e "$folder/state.confirmed" ]; then set -- "$folder" "$@"; fi
    done
    [ "$runs" -gt "$keep" ] || return 0
    newest=${1-}
    for folder; do
        if whole "${folder%/}"; then
            newest=$folder
            break
        fi
    done
    for folder in "$B"/*/; do
        [ "$runs" -gt "$keep" ] || return 0
        [ "$folder" != "$newest" ] && [ "$folder" != "$run/" ] || continue
        state_of "${folder%/}"
        case $state in preparing | pending | restoring | stranded) continue ;; esac
        # Without a state first: half a run must not look like one.
        rm -f -- "$folder"state.* && rm -rf -- "$folder" && runs=$((runs - 1))
        folder=${folder%/}
        say step pruned "${folder##*/}"
    done
}

main() {
    exec 3<&0 </dev/null
    choose_tools
    # Caught, not ignored: what is ignored would be so in every daemon that we start.
    trap : PIPE
    heed_signals
    trap put_back EXIT
    # A banner may end without a line break.
    echo 2>/dev/null
    say ready 1 "$user"
    while [ -z "$gone" ] && IFS= read -r line <&3; do
        eval "call $line"
    done
    exit
}

main
