# Puts back what one run of mtactl changed on this host. It needs nothing but the folder it is in:
#
#   sh /var/backups/mtactl/RUN/restore [--force]
#
# The dead-man switch calls it with --expired: then nothing is done to a run that was confirmed or put back already.
# With --records, as the agent gives it, what
# it says is a code and its fields per line (see `report`); else it is English.
#
# Nothing is written before every backup is found whole, and every file is found either as mtactl put it or as it was
# before. Where it is neither, somebody changed it since: --force puts it back all the same and keeps the present one
# in displaced/. It may be killed and run again at any time. What holds for files holds for settings, which a program
# of the host reads and writes; one that cannot be read is tried to be written.
#
# Of a run that was put back the files are not kept, and of one that had changed nothing, nothing is.
#
# Exit status: 0 put back, 2 another run has the lock, 3 a file was changed since, 4 the backup is damaged, 5
# something could not be put back: the host is neither as found nor as asked, 6 others than root may write to a
# folder.

# shellcheck disable=SC2015,SC2154,SC2317 # `a && b || return` is intended; eval sets what seems unset, and calls

# Nothing that a program does depends on the inherited environment: where programs are found, how words are split, what
# a shell reads first, whose settings `sendmail` uses.
inherited=${PATH-}
PATH=/usr/sbin:/usr/local/sbin:/sbin:/usr/bin:/bin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL
unset ENV BASH_ENV CDPATH IFS MAIL_CONFIG
umask 077
set -u
newline='
' tab='	'
# Caught, not ignored: an ignored signal would be ignored in every daemon that we start.
trap : HUP INT TERM PIPE

case $0 in */*) here=${0%/*}/ ;; *) here=. ;; esac
here=$(CDPATH='' cd -P -- "$here" && pwd -P) || exit 5
name=${here##*/} lock=${here%/*}/lock B=${here%/*}
strange=$newline plain=$newline foreign=''
how='' records=''
for word; do
    case $word in --records) records=yes ;; *) how=$word ;; esac
done
count=0 workdirs='' whole='' reloads='' starts='' rebuilds='' broken='' state=none locked=''

# report CODE FIELD…: what is done, or found, for a person, or as a record: the code, a blank, and the fields with tabs
# between them; line breaks in them are written as `\n`, tabs as blanks.
report() {
    code=$1
    shift
    if [ -n "$records" ]; then
        line=$code separator=' '
        for field; do
            case $field in
                *"$newline"* | *"$tab"*)
                    field=$(printf '%s\n' "$field" | tr "$tab" ' ' | sed -e ':a' -e '$!{N' -e ba -e '}' -e 's/\n/\\n/g')
                    ;;
            esac
            line=$line$separator$field separator=$tab
        done
        printf '%s\n' "$line"
        return
    fi
    case $code in
        as-found) printf '%s: as it was\n' "$1" ;;
        put-back) printf '%s: put back\n' "$1" ;;
        put-back-in-place) printf '%s: put back, in place\n' "$1" ;;
        removed) printf '%s: removed again\n' "$1" ;;
        rebuilt) printf '%s: regenerated, as its backup is damaged\n' "$1" ;;
        displaced) printf '%s: the current one is kept as %s\n' "$1" "$2" ;;
        changed)
            printf '%s: changed since\n  before the run: %s\n  by the run: %s\n  now: %s\n' "$1" "$2" "$3" "$4"
            printf '  to compare: diff %s %s\n' "$5" "$1"
            ;;
        changed-setting) printf '%s: changed since; its old value is in %s\n' "$1" "$2" ;;
        later) printf '  later changed by run %s\n' "$1" ;;
        not-put-back) printf '%s: could not be put back; its backup is %s\n' "$1" "$2" ;;
        failed) printf 'failed: %s: %s\n' "$1" "$2" ;;
        locked) printf 'locked by %s\n' "$1" ;;
        damaged) printf 'damaged: %s is not %s as found\n' "$2" "$1" ;;
        cut-off) printf 'damaged: %s is cut off\n' "$1" ;;
        conflict)
            printf 'nothing was put back\n'
            printf 'with --force they are put back, and the current ones are kept in %s\n' "$here/displaced"
            ;;
        undone) printf '%s is undone\n' "$name" ;;
        unchanged) printf 'nothing was changed\n' ;;
        over) printf '%s is %s\n' "$name" "$1" ;;
        incomplete) printf 'not everything could be put back\n' ;;
        exposed) printf 'nothing was put back: %s\n' "$1" ;;
        stuck) printf 'not put back: %s\n' "$1" ;;
    esac
}

# leave STATUS [CODE FIELD…]: tells it, removes the lock if it is this run's, and ends.
leave() {
    status=$1
    shift
    [ $# -eq 0 ] || report "$@"
    rm -f -- "$here/pid"
    if [ -n "$locked" ]; then rm -f -- "$lock"; fi
    exit "$status"
}

# checksum FILE: sets sha.
checksum() {
    sha=$($digest <"$1" 2>/dev/null) && sha=${sha%% *} && [ -n "$sha" ]
}

# facts_of FILE: mode, owner and times.
facts_of() {
    stat -c '%a %u %g %y' -- "$1" 2>/dev/null || stat -f '%Mp%Lp %u %g %Fm' -- "$1"
}

# copy FROM TO: with owner, mode, times, and whatever else cp can keep; a link as a link.
copy() {
    cp -P --preserve=all -- "$1" "$2" 2>/dev/null || cp -P -p -- "$1" "$2"
}

state_of_run() {
    for state in "$here"/state.*; do :; done
    state=${state##*/state.}
    [ "$state" != '*' ] || state=none
}

# take_lock: makes the lock this run's, unless it is.
take_lock() {
    ln "$here/who" "$lock" 2>/dev/null && locked=yes && return
    IFS= read -r holder 2>/dev/null <"$lock" || {
        why=$(ln "$here/who" "$lock" 2>&1) && locked=yes && return
        leave 5 stuck "$lock cannot be made: $why"
    }
    [ "${holder%% *}" = "$name" ] || leave 2 locked "$holder"
    locked=yes
}

# alone: waits for another restore program of this run, if there is one.
alone() {
    while read -r other 2>/dev/null <"$here/pid" && [ "$other" != $$ ] && kill -0 "$other" 2>/dev/null; do
        case $(words_of "$other") in
            *restore*) sleep 1 ;;
            *) break ;;
        esac
    done
    { echo $$ >"$here/pid"; } 2>/dev/null
}

# read_manifest: sets count, and for each file path_, found_, mode_, owner_, asked_, and where the host makes it of
# others derived_, and built_ where one command does; for each setting path_, its name, found_, asked_, reads_, writes_,
# secret_; whole, rebuilds, reloads, starts.
read_manifest() {
    later=''
    while IFS= read -r line; do
        case $line in
            'found '* | 'asked '*)
                path=/${line#*/}
                # shellcheck disable=SC2086 # the fields before the path hold no blanks
                set -- ${line%%/*}
                ;;
            'reload '* | 'health '*) reloads="$reloads${line#* }
" ;;
            'start '*) starts="$starts${line#* }
" ;;
            'rebuild '*) rebuilds="$rebuilds${line#* }
" ;;
            'trust '*) trusted="$trusted ${line#* }" ;;
            end)
                # What follows the first of these counts only up to another: it was written when the run was confirmed.
                whole=yes
                for number in $later; do eval "asked_$number=\$later_$number"; done
                later=''
                ;;
        esac
        case $line in
            'found '*)
                [ "$count" -ge "$2" ] || count=$2
                eval "path_$2=\$path found_$2=absent asked_$2=any"
                [ "$3" = absent ] || eval "mode_$2=\$4 owner_$2=\$5:\$6 found_$2=\$7"
                ;;
            'asked '*' any') eval "asked_$2=any derived_$2=yes" ;;
            'asked '*)
                if [ -z "$whole" ]; then
                    eval "asked_$2=\${4-\$3}"
                else
                    eval "later_$2=\${4-\$3}"
                    later="$later $2"
                fi
                ;;
            'built '*)
                line=${line#* }
                eval "built_${line%% *}=\${line#* }"
                ;;
            'setting '* | 'reads '* | 'writes '* | 'secret '*)
                rest=${line#* }
                number=${rest%% *} rest=${rest#* }
                [ "$count" -ge "$number" ] || count=$number
                case $line in
                    'setting '*) eval "path_$number=\${rest#* } found_$number=\${rest%% *} asked_$number=any" ;;
                    *) eval "${line%% *}_$number=\$rest" ;;
                esac
                ;;
        esac
    done <"$here/manifest"
    read_journal
}

# read_journal: of a setting whose write was started but not finished, anything may be found.
read_journal() {
    half=''
    while read -r word number _; do
        case $word in
            setting) half=$number ;;
            set) half='' ;;
        esac
    done <"$here/journal"
    [ -z "$half" ] || eval "asked_$half=any"
}

# file NUMBER: sets path, found, asked, mode, owner; of a setting reads and writes, too.
file() {
    eval "path=\${path_$1-} found=\${found_$1-} asked=\${asked_$1-} mode=\${mode_$1-} owner=\${owner_$1-}"
    eval "reads=\${reads_$1-} writes=\${writes_$1-} secret=\${secret_$1-}"
    [ -n "$path" ]
}

# is_file NUMBER: the same; whether it is a file.
is_file() {
    file "$1" && [ -z "$reads" ]
}

# can_be_made NUMBER: whether a file whose backup is damaged can be made of others that are put back.
can_be_made() {
    eval "built=\${built_$1-} derived=\${derived_$1-}"
    [ -n "$built" ] || { [ -n "$derived" ] && [ -n "$rebuilds" ]; }
}

# regenerate: regenerates the files whose backups are damaged, with the owners and modes that they had.
regenerate() {
    rebuilt=yes
    for each in $broken; do
        file "$each"
        eval "built=\${built_$each-}"
        [ -z "$built" ] || { rm -f -- "$path" && run_quoted "$built"; } || rebuilt=
    done
    for each in $broken; do
        eval "built=\${built_$each-}"
        [ -z "$built" ] || continue
        each_of "$rebuilds" || rebuilt=
        break
    done
    for each in $broken; do
        file "$each"
        [ -f "$path" ] && chown "$owner" "$path" && chmod "$mode" "$path" && report rebuilt "$path" || rebuilt=
    done
    [ -n "$rebuilt" ]
}

# stop_agent: ends the agent that still works on the run, if it does: it would keep changing what is put back.
stop_agent() {
    read -r agent 2>/dev/null <"$here/agent" || return 0
    case $(words_of "$agent") in *' -s'*) kill -9 "$agent" 2>/dev/null ;; esac
}

# unfinished: whether the run came to no end. What could not be put back while the host went down can be when it is up.
unfinished() {
    case $state in preparing | pending | restoring | stranded) ;; *) return 1 ;; esac
}

# over: removes what is left of a finished run, when whoever finished it was killed right afterwards.
over() {
    [ "$state" != restored ] || rm -rf -- "$here/files"
    end_all
    leave 0 over "$state"
}

# present: sets sha to what is there now of the file or setting: a hash, absent, other, or unread.
present() {
    set -- "$path"
    if [ -n "$reads" ]; then
        { eval "$limit $reads"; } 2>/dev/null >"$here/present" </dev/null && checksum "$here/present" || sha=unread
    elif [ -L "$1" ]; then
        sha=other
    elif [ ! -e "$1" ]; then
        sha=absent
    elif [ ! -f "$1" ] || ! checksum "$1"; then
        sha=other
    fi
}

# is_others NUMBER: whether what is there is neither what was found nor what the run made of it, nor what a restore that
# was killed or failed left: nothing, or half a backup.
is_others() {
    case $state in
        restoring | stranded)
            if [ "$sha" = absent ] || is_beginning "$1"; then return 1; fi
            ;;
    esac
    [ "$sha" != "$found" ] && [ "$sha" != "$asked" ] && [ "$asked" != any ] && [ "$sha" != unread ]
}

# is_beginning NUMBER: whether the file is a beginning of its backup; then nothing of it is lost when it is overwritten.
is_beginning() {
    [ -z "$reads" ] && [ "$found" != absent ] && [ -f "$path" ] && [ ! -L "$path" ] && size=$(size_of "$path") || return
    [ "$size" -gt 0 ] || return 0
    beginning=$(dd if="$here/files/$1" bs="$size" count=1 2>/dev/null | $digest 2>/dev/null)
    [ "${beginning%% *}" = "$sha" ]
}

# tell_apart NUMBER: tells what the file was before the run, what the run made of it, and what it is now.
#
# Not its lines, which may hold secrets, nor their hashes, by which a weak password could be guessed. Which later run of
# ours changed it, if one did, is the commonest reason.
tell_apart() {
    case $asked in absent) made=removed ;; *) made=written ;; esac
    if [ -n "$reads" ]; then
        report changed-setting "$path" "$here/files/$1"
    else
        report changed "$path" "${mode:-not there}${mode:+ $owner}" "$made" "$(facts_of "$path" || echo 'not there')" \
            "$here/files/$1"
    fi
    passed=
    for later in "${here%/*}"/*/; do
        later=${later%/}
        [ "$later" != "$here" ] || passed=yes
        [ -n "$passed" ] && [ "$later" != "$here" ] && [ -e "$later/state.confirmed" ] || continue
        while IFS= read -r line; do
            case $line in
                'found '*" $path" | 'setting '*" $path")
                    report later "${later##*/}"
                    break
                    ;;
            esac
        done 2>/dev/null <"$later/manifest"
    done
}

# remove_staged: what the run left where files were staged.
remove_staged() {
    read_workdirs
    set -- "$here/check" "$here/output" "$here/errors" "$here/present" "$here"/new.*
    workdirs=${workdirs#"$newline"}
    while [ -n "$workdirs" ]; do
        set -- "$@" "${workdirs%%"$newline"*}"
        workdirs=${workdirs#*"$newline"}
    done
    rm -rf -- "$@"
}

# put_back_file NUMBER: makes one file what it was; says what it did.
put_back_file() {
    file "$1" || return 0
    if [ -n "$reads" ]; then
        put_value "$1"
        return
    fi
    present
    if [ "$sha" = "$found" ] &&
        { [ "$sha" = absent ] || [ "$(facts_of "$path")" = "$(facts_of "$here/files/$1")" ]; }; then
        report as-found "$path"
        return
    fi
    if [ "$sha" = other ] || is_others "$1"; then displace "$1" || return; fi
    if [ "$found" = absent ]; then
        rm -f -- "$path" && report removed "$path"
        return
    fi
    place "$path" "$name" "$1" && mkworkdir || workdir=''
    if [ -n "$workdir" ] && moved_in "$1"; then
        report put-back "$path"
        return
    fi
    # No room next to it, perhaps: in the room of the file itself. Where a link may come instead, it is removed first.
    if [ -n "$foreign" ]; then
        [ -n "$workdir" ] && frees_enough "$1" && rm -f -- "$path" && moved_in "$1" && report put-back "$path"
    else
        copied_over "$1" && report put-back-in-place "$path"
    fi
}

# copied_over NUMBER: copies a backup over the file, or where none is, if it fits. A copy that is cut off is a beginning
# of the backup: see is_beginning.
copied_over() {
    if [ ! -e "$path" ] && [ ! -L "$path" ]; then
        copied_back "$1" "$path" && return
        rm -f -- "$path"
        return 1
    fi
    [ ! -L "$path" ] && { frees_enough "$1" || has_room "$1"; } && copied_back "$1" "$path"
}

# moved_in NUMBER: copies a backup to where `place` has set, and puts it in place from there.
moved_in() {
    if copied_back "$1" "$temp" && into_place "$temp" "$path"; then return 0; fi
    rm -f -- "$temp"
    return 1
}

# frees_enough NUMBER: whether the backup can be read, and fits where the file is that it is to replace.
frees_enough() {
    is_sound "$1" && [ -f "$path" ] && [ ! -L "$path" ] || return
    sizes=$(stat -c '%h %b %s' -- "$path" 2>/dev/null || stat -f '%l %b %z' -- "$path" 2>/dev/null) || return
    needed=$(size_of "$here/files/$1") || return
    # shellcheck disable=SC2086 # numbers: names, blocks of 512 bytes, bytes
    set -- $sizes
    # With another name of it, removing this one would free nothing.
    [ "$1" = 1 ] && { [ "$needed" -le "$3" ] || [ "$needed" -le $(($2 * 512)) ]; }
}

# has_room NUMBER: whether the backup can be read, and fits beside the file, whose place cannot be taken for another
# reason: a folder that is immutable, a mount point.
has_room() {
    is_sound "$1" && needed=$(size_of "$here/files/$1") || return
    room=$(df -P -k -- "${path%/*}/" 2>/dev/null) || return
    # shellcheck disable=SC2086 # FILE-SYSTEM BLOCKS USED FREE …, in KiB
    set -- ${room##*"$newline"}
    case ${4-} in '' | *[!0-9]*) return 1 ;; esac
    [ "$needed" -le $(($4 * 1024)) ]
}

# is_sound NUMBER: whether the backup is what was found.
is_sound() {
    checksum "$here/files/$1" && [ "$sha" = "$found" ]
}

# size_of FILE: prints its bytes.
size_of() {
    stat -c %s -- "$1" 2>/dev/null || stat -f %z -- "$1" 2>/dev/null
}

# copied_back NUMBER PATH: copies a backup there, whole, without the access list that the folder gives to new files: cp
# keeps it.
copied_back() {
    case $(ls -ld -- "${2%/*}/" 2>/dev/null) in
        ??????????+*) install -m 600 -- /dev/null "$2" 2>/dev/null ;;
    esac
    copy "$here/files/$1" "$2" && chown "$owner" "$2" && chmod "$mode" "$2" && checksum "$2" && [ "$sha" = "$found" ]
}

# put_value NUMBER: gives one setting the value that it had; says what it did.
put_value() {
    present
    if [ "$sha" = "$found" ]; then
        report as-found "$path"
        return
    fi
    if is_others "$1"; then displace "$1" || return; fi
    { eval "$limit $writes"; } <"$here/files/$1" >"$here/output" 2>&1
    present
    if [ "$sha" = "$found" ]; then
        report put-back "$path"
        return
    fi
    [ -n "$secret" ] || report failed "$writes" "$(dd if="$here/output" bs=2048 count=1 2>/dev/null)"
    return 1
}

# displace NUMBER: keeps what is in the file's place now, or the setting's value, beside what was displaced before.
displace() {
    mkdir -p "$here/displaced" || return
    [ "$sha" != absent ] || return 0
    kept=$here/displaced/$1 another=1
    while [ -e "$kept" ] || [ -L "$kept" ]; do
        another=$((another + 1))
        kept=$here/displaced/$1.$another
    done
    if [ -n "$reads" ]; then
        copy "$here/present" "$kept"
    elif [ "$sha" = other ]; then
        mv -- "$path" "$kept"
    else
        copy "$path" "$kept"
    fi && report displaced "$path" "$kept" && return
    rm -f -- "$kept"
    return 1
}

# remember: where etckeeper keeps /etc under git, commits the files that everybody may read, and nothing else.
remember() {
    [ -d /etc/.git ] && command -v etckeeper >/dev/null && command -v git >/dev/null || return 0
    each=$count
    set --
    while [ "$each" -gt 0 ]; do
        if file "$each"; then
            case $path-$(facts_of "$path") in
                /etc/*-) ! git -C /etc ls-files --error-unmatch -- "$path" || set -- "$@" "$path" ;;
                /etc/*-*[4567]' '*' '*' '*) ! git -C /etc add -- "$path" || set -- "$@" "$path" ;;
            esac
        fi
        each=$((each - 1))
    done
    [ $# -eq 0 ] || $limit git -C /etc -c user.name=mtactl -c user.email=root@localhost \
        commit -q --no-verify -m "mtactl's run $name is undone" -- "$@"
    return 0
} >/dev/null 2>&1

# run_quoted COMMAND: quoted words; says what it printed when it fails.
#
# Not what it printed where there is no room for that: a command that cannot print may fail of it.
run_quoted() {
    printed=$here/output
    dd if=/dev/zero of="$printed" bs=65536 count=1 2>/dev/null || printed=/dev/null
    { eval "$limit $1"; } >"$printed" 2>&1 </dev/null
    set -- $? "$1"
    [ "$1" -eq 0 ] || report failed "$2" "$(dd if="$printed" bs=2048 count=1 2>/dev/null)"
    rm -f -- "$here/output"
    return "$1"
}

# each_of COMMANDS: runs each line; says what each printed that fails.
each_of() {
    left=$1 well=yes
    while [ -n "$left" ]; do
        run_quoted "${left%%
*}" || well=
        left=${left#*
}
    done
    [ -n "$well" ]
}

# started: starts the daemon, and waits until it can be reloaded: it may be there before its process id is written down.
#
# Twenty seconds, and as many tries: the clock may be set meanwhile, and a reload may hang.
started() {
    [ -n "$starts" ] && each_of "$starts" || return
    tries=20 end=$(($(date +%s) + 20))
    until said=$(each_of "$reloads"); do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ] || [ "$(date +%s)" -ge "$end" ]; then
            printf '%s\n' "$said"
            return 1
        fi
        sleep 1
    done
}

main() {
    user=$(id -u) || exit 5
    trusted="0 $user"
    rely_on "$inherited"
    alone
    state_of_run
    if [ "$how" = --expired ]; then
        unfinished || over
        stop_agent
        # It may have confirmed the run meanwhile.
        state_of_run
        unfinished || over
        date -u '+%Y-%m-%dT%H:%M:%SZ' >"$here/expired"
    fi
    if [ "$state" = none ]; then
        end_all
        grep -q '^swap$' "$here/journal" 2>/dev/null || rm -rf -- "$here"
        leave 0 unchanged
    fi
    take_lock
    digest=
    for tool in 'sha256sum' 'sha256 -q' 'openssl dgst -sha256 -r' 'shasum -a 256'; do
        command -v "${tool%% *}" >/dev/null && digest=$tool && break
    done
    limit=
    ! timeout 60 true 2>/dev/null || limit='timeout 60'
    read_manifest

    # The line is in the journal before the first file is swapped.
    if ! grep -q '^swap$' "$here/journal"; then
        remove_staged
        disarm
        # Written without a state first: half a run must not look like a complete one.
        rm -f -- "$here"/state.* && rm -rf -- "$here" || leave 5 stuck "$name could not be removed"
        leave 0 unchanged
    fi
    [ "$state" != restored ] || over

    [ -n "$whole" ] || leave 4 cut-off "$here/manifest"
    each=1
    while [ "$each" -le "$count" ]; do
        if file "$each" && [ "$found" != absent ]; then
            if ! checksum "$here/files/$each" || [ "$sha" != "$found" ]; then
                can_be_made "$each" || leave 4 damaged "$path" "$here/files/$each"
                broken="$broken $each"
            fi
        fi
        each=$((each + 1))
    done
    set --
    each=1
    while [ "$each" -le "$count" ]; do
        if is_file "$each"; then set -- "$@" "$path"; fi
        each=$((each + 1))
    done
    sound "$@" || leave 6 exposed "$why"
    # What another user turns into a pipe is not waited for.
    [ "$strange" = "$newline" ] || digest="$limit $digest"
    each=1 changed=
    while [ "$each" -le "$count" ]; do
        if file "$each"; then
            present
            if [ "$sha" = other ] || is_others "$each"; then
                changed="$changed $each"
            fi
        fi
        each=$((each + 1))
    done
    if [ -n "$changed" ] && [ "$how" != --force ]; then
        for each in $changed; do
            file "$each"
            tell_apart "$each"
        done
        leave 3 conflict
    fi

    [ "$state" = restoring ] || mv -- "$here/state.$state" "$here/state.restoring" ||
        leave 5 stuck "the run is no longer $state"
    remove_staged
    each=$count failed=
    # The other way round than they were swapped: nothing refers to a file that is not there.
    while [ "$each" -gt 0 ]; do
        case " $broken " in
            *" $each "*) ;;
            *)
                put_back_file "$each" || {
                    failed=yes
                    report not-put-back "$path" "$here/files/$each"
                }
                ;;
        esac
        each=$((each - 1))
    done
    regenerate || failed=yes
    # A daemon that died of what it was given cannot be reloaded: it is started again.
    each_of "$reloads" || started || failed=yes
    sync
    if [ -n "$failed" ]; then
        mv -- "$here/state.restoring" "$here/state.stranded"
        leave 5 incomplete
    fi
    mv -- "$here/state.restoring" "$here/state.restored" || leave 5 stuck "the run is no longer restoring"
    rm -rf -- "$here/files"
    disarm
    remember
    leave 0 undone
}

main
