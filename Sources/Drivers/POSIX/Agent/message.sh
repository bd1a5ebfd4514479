# The test message, and the log that tells what happened to it.

# submit FROM TO BYTES word…: hands the payload to sendmail, with the words too, and answers what it printed.
submit() {
    why="there is no sendmail in $PATH" unsent=yes
    command -v sendmail >/dev/null || return
    from=$1 to=$2
    shift 3
    hand_to sendmail "$@" -i -f "$from" -- "$to"
}

# hand FROM TO BYTES word…: the same of a program that takes FROM and TO as its last words.
hand() {
    unsent=yes from=$1 to=$2
    shift 3
    hand_to "$@" "$from" "$to"
}

# hand_to word…: runs them with the payload on standard input; sets handing, for how many hundredths of a second.
hand_to() {
    now
    handing=$hundredths
    if [ -n "$run" ]; then journal "submitting a message to $to" || return; fi
    why=$(take | (
        capture "$@"
        set -- $?
        printed
        [ -n "$whole_blocks" ] || cat >/dev/null
        printf '%s' "$why"
        exit "$1"
    ))
    set -- $?
    payload=0
    now
    handing=$((hundredths - handing))
    [ "$1" -eq 0 ] || return
    unsent=
    [ -z "$why" ] || words submitted "$why"
}

# mark journal USER… | output PROGRAM USER… | file PATH | series BEGINNING END: remembers where the log is now. Of the
# journal only what root or these users wrote is read: anybody may write there what looks like a mail server's, but not
# as another user. `output` is what a program wrote to a descriptor that systemd gave it. A series are files whose names
# begin and end so, in the order of their names.
mark() {
    code=log mark=$1 kind=SYSLOG_FACILITY=2
    if is_in_journal; then
        shift
        if [ "$mark" = output ]; then
            kind="_TRANSPORT=stdout _COMM=$1"
            shift
        fi
        users "$@"
        writers=_UID=0
        for uid in $uids; do writers="$writers _UID=$uid"; done
        why=$(journalctl -q -n 1 -o cat --show-cursor 2>&1 3<&-) || return
        case $why in
            *'-- cursor: '*) cursor=--after-cursor=${why##*-- cursor: } ;;
            *) cursor=--since=@$(date +%s) ;;
        esac
        return
    fi
    log=$2 log_inode='' log_size=0
    if [ "$mark" = series ]; then
        log='' log_beginning=$2 log_end=$3
        for file in "$log_beginning"*"$log_end"; do [ ! -f "$file" ] || log=$file; done
        [ -n "$log" ] || return 0
    fi
    why="$log cannot be read"
    look "$log" || return 0
    log_inode=$inode log_size=$size
    [ -r "$log" ]
}

is_in_journal() { [ "$mark" = journal ] || [ "$mark" = output ]; }

# back SECONDS: has what was logged so long before the mark count, too; of a file at most its last 64 KiB before it.
back() {
    if is_in_journal; then
        cursor=--since=@$(($(date +%s) - $1))
    elif [ "$log_size" -gt 65536 ]; then
        log_size=$((log_size - 65536))
    else
        log_size=0
    fi
}

# since_mark: what was logged since, on stdout. A last line that is not whole ends with a byte 1.
since_mark() {
    if is_in_journal; then
        # shellcheck disable=SC2086 # a match a word
        journalctl -q --no-pager $kind $writers -o short-iso "$cursor" 3<&-
        return
    fi
    if [ "$mark" = series ]; then
        since_mark_of_series
        printf '\001\n'
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

# since_mark_of_series: what is behind the mark in its file, and the files that came after it.
since_mark_of_series() {
    past=
    [ -n "$log" ] || past=yes
    for file in "$log_beginning"*"$log_end"; do
        [ -f "$file" ] || continue
        if [ "$file" = "$log" ]; then
            tail -c "+$((log_size + 1))" "$file"
            past=yes
        elif [ -n "$past" ]; then
            cat "$file"
        fi
    done
}

# wanted_lines [n TEXT b TEXT] c PAT… [x PAT]… [u PAT [a PAT]…]…: of stdin; the status says whether a group was met.
#
# A line with one of x's meets none.
#
# In a line that has n's text, the word before b's is an id, and from there on what is looked for with {id} in it is
# looked for with that, too: so one look at the log does for what would take one for each id.
#
# The strings come as arguments: awk reads escapes in those of -v.
# shellcheck disable=SC2016 # awk's own
wanted_lines='
    BEGIN {
        for (i = 1; i < ARGC; i += 2) {
            kind = ARGV[i]
            if (kind == "n") naming = ARGV[i + 1]
            else if (kind == "b") before = ARGV[i + 1]
            else if (kind == "c") keep[++keeps] = ARGV[i + 1]
            else if (kind == "x") except[++excepts] = ARGV[i + 1]
            else { if (kind == "u") groups++; group[groups, ++size[groups]] = ARGV[i + 1] }
        }
        ARGC = 1
        asked = keeps
        for (g = 1; g <= groups; g++)
            for (n = 1; n <= size[g]; n++) if (index(group[g, n], "{id}")) unnamed[g] = 1
    }
    function with(text, id, place) {
        place = index(text, "{id}")
        return place ? substr(text, 1, place - 1) id substr(text, place + 4) : text
    }
    /\001$/ { next }
    naming != "" && ids < 16 && index($0, naming) && (place = index($0, before)) {
        count = split(substr($0, 1, place - 1), words, " ")
        id = words[count]
        sub(/:$/, "", id)
        if (count && id != "" && !(id in known)) {
            known[id]
            ids++
            for (k = 1; k <= asked; k++) if (index(keep[k], "{id}")) keep[++keeps] = with(keep[k], id)
            for (g in unnamed) {
                groups++
                for (n = 1; n <= size[g]; n++) group[groups, ++size[groups]] = with(group[g, n], id)
            }
        }
    }
    {
        for (k = 1; k <= keeps; k++) if (index($0, keep[k])) break
        if (k > keeps) next
        if ((shown += length($0) + 1) <= 262144) print
        for (e = 1; e <= excepts; e++) if (index($0, except[e])) next
        for (g = 1; g <= groups; g++) {
            if (g in unnamed) continue
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
    send_held
    now
    end=$((hundredths + $1 * 100)) beat=$((hundredths + 500))
    shift
    # No message is delivered at once, and after a reload the daemons that deliver it have to start. How long that takes
    # on a busy host goes with how long it took to hand the message in. A look costs the host three programs, so each
    # later one waits half as long as all before it together.
    nap=$((3 + 2 * handing)) waited=0 result=timeout
    while :; do
        [ "$nap" -ge 6 ] || nap=6
        [ "$nap" -lt 100 ] || nap=100
        case $nap in
            100) sleep 1 ;;
            ??) sleep "0.$nap" 2>/dev/null || sleep 1 ;;
            *) sleep "0.0$nap" 2>/dev/null || sleep 1 ;;
        esac
        waited=$((waited + nap)) nap=$((waited / 2))
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
