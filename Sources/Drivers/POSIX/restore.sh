# Puts back what one run of mtactl changed on this host. It needs nothing but the folder it stands in:
#
#   sh /var/backups/mtactl/RUN/restore [--force]
#
# The dead-man switch calls it with --expired: then nothing is done to a run that was confirmed or put back already.
# With --disarm it does nothing but take that switch away, and open the lock. With --records, as the agent gives it, what
# it says is a code and its fields a line (see `tell`); else it is English.
#
# Nothing is written before every backup is found whole, and every file is found either as mtactl put it or as it was
# before. Where it is neither, somebody changed it since: --force puts it back all the same and keeps the present one in
# displaced/. It may be killed and run again at any time.
#
# Of a run that was put back the journal is kept alone, and of one that had changed nothing, nothing.
#
# Exit status: 0 put back, 2 another run has the lock, 3 a file was changed since, 4 the backup is damaged,
# 5 something could not be put back: the host is neither as found nor as asked, 6 others than root may write to a folder.

# shellcheck disable=SC2015,SC2154,SC2317 # `a && b || return` is meant so; eval sets and calls what seems unset and uncalled

# Nothing of what a program does is left to the environment that came with us: where it is looked for, how words are
# divided, what a shell reads first, whose settings `sendmail` takes.
inherited=${PATH-}
PATH=/usr/sbin:/usr/local/sbin:/sbin:/usr/bin:/bin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL
unset ENV BASH_ENV CDPATH IFS MAIL_CONFIG
umask 077
set -u
newline='
' tab='	'
# Caught, not ignored: what is ignored would be so in every daemon that we start.
trap : HUP INT TERM PIPE

case $0 in */*) here=${0%/*}/ ;; *) here=. ;; esac
here=$(CDPATH='' cd -P -- "$here" && pwd -P) || exit 5
name=${here##*/} lock=${here%/*}/lock B=${here%/*}
strange=$newline nest=''
how='' records=''
for word; do
    case $word in --records) records=yes ;; *) how=$word ;; esac
done
count=0 whole='' reloads='' starts='' state=none locked=''

# tell CODE FIELD…: what is done, or found, for a person, or as a record: the code, a blank, and the fields with tabs
# between them; line breaks in them are written as `\n`, tabs as blanks.
tell() {
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
        displaced) printf '%s: the present one is kept as %s\n' "$1" "$2" ;;
        changed)
            printf '%s: changed since\n  before the run: %s\n  by the run: %s\n  now: %s\n' "$1" "$2" "$3" "$4"
            printf '  to compare: diff %s %s\n' "$5" "$1"
            ;;
        later) printf '  later changed by run %s\n' "$1" ;;
        not-put-back) printf '%s: could not be put back; %s is what it was\n' "$1" "$2" ;;
        failed) printf 'failed: %s: %s\n' "$1" "$2" ;;
        locked) printf 'locked by %s\n' "$1" ;;
        damaged) printf 'damaged: %s is not %s as it was\n' "$2" "$1" ;;
        cut-off) printf 'damaged: %s is cut off\n' "$1" ;;
        conflict)
            printf 'nothing was put back\nwith --force they are put back, and the present ones kept in %s\n' "$here/displaced"
            ;;
        undone) printf '%s is undone\n' "$name" ;;
        unchanged) printf 'nothing was changed\n' ;;
        over) printf '%s is %s\n' "$name" "$1" ;;
        incomplete) printf 'not everything could be put back\n' ;;
        exposed) printf 'nothing was put back: %s\n' "$1" ;;
        stuck) printf 'not put back: %s\n' "$1" ;;
    esac
}

# leave STATUS [CODE FIELD…]: tells it, opens the lock if it is this run's, and ends.
leave() {
    status=$1
    shift
    [ $# -eq 0 ] || tell "$@"
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
    IFS= read -r holder 2>/dev/null <"$lock" || holder="somebody: $lock cannot be made"
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

# read_manifest: sets count, and for each file path_, found_, mode_, owner_, asked_; whole, reloads, starts.
read_manifest() {
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
            'trust '*) trusted="$trusted ${line#* }" ;;
            end) whole=yes ;;
        esac
        case $line in
            'found '*)
                [ "$count" -ge "$2" ] || count=$2
                eval "path_$2=\$path found_$2=absent asked_$2=any"
                [ "$3" = absent ] || eval "mode_$2=\$4 owner_$2=\$5:\$6 found_$2=\$7"
                ;;
            'asked '*) eval "asked_$2=\${4-\$3}" ;;
        esac
    done <"$here/manifest"
}

# file NUMBER: sets path, found, asked, mode, owner.
file() {
    eval "path=\${path_$1-} found=\${found_$1-} asked=\${asked_$1-} mode=\${mode_$1-} owner=\${owner_$1-}"
    [ -n "$path" ]
}

# disarm [FILE]: takes the dead-man switch away, unless it is what runs now, and the file, too.
disarm() {
    unit=mtactl-$name
    read -r waiting 2>/dev/null <"$here/waiting" || waiting=$$
    rm -rf -- "/etc/systemd/system/multi-user.target.wants/$unit-boot.service" \
        "/etc/systemd/system/$unit-boot.service" "/etc/cron.d/$unit" \
        "$here/waiting" "$here/armed" "$here/agent" "$here/check" "$here/output" "$here/errors" "$@" 2>/dev/null
    if [ -d /run/systemd/system ]; then systemctl stop "$unit.timer" 2>/dev/null; fi
    clear_nests
    [ "$waiting" != $$ ] || return 0
    case $(words_of "$waiting") in *"$here/restore"*) kill -9 "$waiting" 2>/dev/null ;; esac
}

# clear_nests: takes away the folders of our own in which files of other users' folders were made.
clear_nests() {
    while read -r word nest; do
        [ "$word" != nest ] || rm -rf -- "$nest"
    done 2>/dev/null <"$here/manifest"
}

# words_of PROCESS: its arguments.
words_of() {
    ps -o args= -p "$1" 2>/dev/null || tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline"
}

# stop_agent: ends the agent that still works on the run, if it does: it would go on changing what is put back.
stop_agent() {
    read -r agent 2>/dev/null <"$here/agent" || return 0
    case $(words_of "$agent") in *' -s'*) kill -9 "$agent" 2>/dev/null ;; esac
}

# unfinished: whether the run came to no end. What could not be put back while the host went down can be when it is up.
unfinished() {
    case $state in preparing | pending | restoring | stranded) ;; *) return 1 ;; esac
}

# over: takes away what is left of a run that came to its end, when whoever did that was killed at once afterwards.
over() {
    [ "$state" != restored ] || rm -rf -- "$here/files"
    end_all
    leave 0 over "$state"
}

# end_all: takes the switch away, and opens the lock if it is this run's.
end_all() {
    if IFS= read -r holder 2>/dev/null <"$lock" && [ "${holder%% *}" = "$name" ]; then
        disarm "$lock"
    else
        disarm
    fi
}

# present PATH: sets sha to what is there now: a hash, absent, or other.
present() {
    if [ -L "$1" ]; then
        sha=other
    elif [ ! -e "$1" ]; then
        sha=absent
    elif [ ! -f "$1" ] || ! checksum "$1"; then
        sha=other
    fi
}

# tell_apart NUMBER: tells what the file was before the run, what the run made of it, and what it is now.
#
# Not its lines, which may hold secrets, nor their hashes, by which a weak password could be guessed. Which later run of
# ours changed it, if one did, is the commonest reason.
tell_apart() {
    case $asked in absent) made=removed ;; *) made=written ;; esac
    tell changed "$path" "${mode:-not there}${mode:+ $owner}" "$made" "$(facts_of "$path" || echo 'not there')" \
        "$here/files/$1"
    passed=
    for later in "${here%/*}"/*/; do
        later=${later%/}
        [ "$later" != "$here" ] || passed=yes
        [ -n "$passed" ] && [ "$later" != "$here" ] && [ -e "$later/state.confirmed" ] || continue
        while IFS= read -r line; do
            case $line in
                'found '*" $path")
                    tell later "${later##*/}"
                    break
                    ;;
            esac
        done 2>/dev/null <"$later/manifest"
    done
}

# remove_staged: what the run left beside the files.
#
# Berkeley DB writes an index as `__db.` and its name, and leaves that where the disk is full or it is killed.
remove_staged() {
    each=$count
    while [ "$each" -gt 0 ]; do
        if file "$each"; then rm -f -- "$path.mtactl-$name"* "${path%/*}/__db.${path##*/}.mtactl-$name"*; fi
        each=$((each - 1))
    done
    clear_nests
    rm -rf -- "$here/check" "$here/output" "$here/errors" "$here/manifest.new"
}

# put_back NUMBER: makes one file what it was; says what it did.
put_back() {
    file "$1" || return 0
    present "$path"
    if [ "$sha" = "$found" ] && { [ "$sha" = absent ] || [ "$(facts_of "$path")" = "$(facts_of "$here/files/$1")" ]; }; then
        tell as-found "$path"
        return
    fi
    if [ "$sha" != "$found" ] && [ "$sha" != "$asked" ] && [ "$asked" != any ]; then displace "$1" || return; fi
    if [ "$found" = absent ]; then
        rm -f -- "$path" && tell removed "$path"
        return
    fi
    place "$path" "$name" "$1" || return
    if laid "$1" "$temp" && mv -f -- "$temp" "$path"; then
        tell put-back "$path"
        return
    fi
    rm -f -- "$temp"
    # No room beside it, perhaps: over the file itself, which frees its own room first; not where a link may come instead.
    if [ -z "$nest" ] && [ ! -L "$path" ] && laid "$1" "$path"; then
        tell put-back-in-place "$path"
        return
    fi
    return 1
}

# laid NUMBER PATH: copies a backup there, whole, without the access list that the folder gives to new files: cp keeps it.
laid() {
    case $(ls -ld -- "${2%/*}/" 2>/dev/null) in
        ??????????+*) install -m 600 -- /dev/null "$2" 2>/dev/null ;;
    esac
    copy "$here/files/$1" "$2" && chown "$owner" "$2" && chmod "$mode" "$2" && checksum "$2" && [ "$sha" = "$found" ]
}

# displace NUMBER: keeps what is in the file's place now.
displace() {
    mkdir -p "$here/displaced" || return
    [ "$sha" != absent ] || return 0
    if [ "$sha" = other ]; then mv -- "$path" "$here/displaced/$1"; else copy "$path" "$here/displaced/$1"; fi &&
        tell displaced "$path" "$here/displaced/$1"
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

# reload COMMAND: quoted words; says what it printed when it fails.
#
# Not what it printed where there is no room for that: a command that cannot print may fail of it.
reload() {
    printed=$here/output
    dd if=/dev/zero of="$printed" bs=65536 count=1 2>/dev/null || printed=/dev/null
    eval "$limit $1" >"$printed" 2>&1 </dev/null
    set -- $? "$1"
    [ "$1" -eq 0 ] || tell failed "$2" "$(dd if="$printed" bs=2048 count=1 2>/dev/null)"
    rm -f -- "$here/output"
    return "$1"
}

# each_of COMMANDS: runs each line; says what each printed that fails.
each_of() {
    left=$1 well=yes
    while [ -n "$left" ]; do
        reload "${left%%
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
    if [ "$how" = --disarm ]; then
        end_all
        exit 0
    fi
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
        # Without a state first: half a run must not look like one.
        rm -f -- "$here"/state.* && rm -rf -- "$here" || leave 5 stuck "$name could not be cleared away"
        leave 0 unchanged
    fi
    [ "$state" != restored ] || over

    [ -n "$whole" ] || leave 4 cut-off "$here/manifest"
    each=1
    while [ "$each" -le "$count" ]; do
        if file "$each" && [ "$found" != absent ]; then
            checksum "$here/files/$each" && [ "$sha" = "$found" ] ||
                leave 4 damaged "$path" "$here/files/$each"
        fi
        each=$((each + 1))
    done
    set --
    each=1
    while [ "$each" -le "$count" ]; do
        if file "$each"; then set -- "$@" "$path"; fi
        each=$((each + 1))
    done
    sound "$@" || leave 6 exposed "$why"
    # What another user turns into a pipe is not waited for.
    [ "$strange" = "$newline" ] || digest="$limit $digest"
    each=1 changed=
    while [ "$each" -le "$count" ]; do
        if file "$each"; then
            present "$path"
            if [ "$sha" = other ] || { [ "$sha" != "$found" ] && [ "$sha" != "$asked" ] && [ "$asked" != any ]; }; then
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
        leave 5 stuck "the run is $state no more"
    remove_staged
    each=$count failed=
    # The other way round than they were swapped: nothing refers to a file that is not there.
    while [ "$each" -gt 0 ]; do
        put_back "$each" || {
            failed=yes
            tell not-put-back "$path" "$here/files/$each"
        }
        each=$((each - 1))
    done
    # A daemon that died of what it was given cannot be reloaded: it is started again.
    each_of "$reloads" || started || failed=yes
    sync
    if [ -n "$failed" ]; then
        mv -- "$here/state.restoring" "$here/state.stranded"
        leave 5 incomplete
    fi
    mv -- "$here/state.restoring" "$here/state.restored" || leave 5 stuck "the run is restoring no more"
    rm -rf -- "$here/files"
    disarm
    remember
    leave 0 undone
}

main
