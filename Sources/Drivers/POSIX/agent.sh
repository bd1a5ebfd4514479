# mtactl's agent: what changes a host, for the length of one session.
#
# It comes on the standard input of `/bin/sh -s`, after the lines `N=nonce` and `B=folder of the backups`, and where it
# may change something `R=restore program`, which the shell reads faster than a program that takes it. After it comes
# `serve`: then it reads calls, one line each, and answers each. Calls may come before that, as a part of the program:
# they need not wait for its first answer, and most shells read a program in blocks, but with `read` a byte at a time.
#
# It writes down every step before it takes it, and puts the host back when a step fails or the controller goes away.
# What is to be undone, and how, is in the run's folder:
#
#   B/lock               who changes the host: `RUN by WHO since TIME`, a second name of B/RUN/who
#   B/RUN/state.STATE    preparing, pending, confirmed, restoring, restored or stranded; changed by one rename
#   B/RUN/manifest       every file as found and as asked, by number; ends with the line `end` once files are swapped
#   B/RUN/files/NUMBER   the files as found
#   B/RUN/journal        what was started, one step per line
#   B/RUN/edits          what the plan showed of the change, without secrets, for whoever rolls it back
#   B/RUN/restore        puts everything back; self-contained
#   B/RUN/agent          the agent's process, until the run is over
#   B/RUN/armed          when the dead-man switch puts everything back, in seconds since 1970, and after how many
#
# Between the calls `hold` and `release`, which have no answer, the answers of others are kept for a second, so that
# they travel together.
#
# This file answers, and calls; what is called is in the files of `Agent`, which are sent before it. A call is a
# function of its name. It returns 0, or sets `why` and, where it is not the call's name, `code`. POSIX sh has no
# local variables: what a function sets for others is in its comment.

# Nothing that a program does depends on the inherited environment: where programs are found, how words are split, what
# a shell reads first, whose settings `sendmail` uses.
inherited=${PATH-}
PATH=/usr/sbin:/usr/local/sbin:/sbin:/usr/bin:/bin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL
unset ENV BASH_ENV CDPATH IFS MAIL_CONFIG
umask 077
R=${R-}
set -u
# Some hosts set it for all shells; bash's `read` then waits no longer for our next call: bash(1), TMOUT.
unset TMOUT

# The run's folder while a transaction is open, else empty.
run=
# Set when a call of the transaction failed: the rest of it is skipped.
failed=
# Set when nobody reads our answers any longer.
gone=
count=0
order=
# Numbers of files that were staged and have not got their permissions yet.
unsettled=
mark=
# Whose log lines count, as matches of journalctl.
writers=
# Whether the folder of the backups was found to belong to root only.
are_guarded=
# Folders of our own in which files are staged, each between line breaks.
workdirs=
# Lines that were not sent yet, and until when they may wait, in hundredths of a second; empty where they may not.
held=
holding=
# Set when sendmail did not take the message: there is nothing to watch for.
unsent=
# How long the program took that the last message was handed to, in hundredths of a second.
handing=0
newline='
'
# Folders that give new files no access list, each between line breaks.
plain=$newline

# say WORDS: a line, which is held back for a moment where more is to follow.
say() {
    held="$held@$N $*$newline"
    if [ -n "$holding" ]; then
        now
        [ "$hundredths" -ge "$holding" ] || return 0
    fi
    send_held
}

# send_held: sends what was held back.
send_held() {
    [ -z "$held" ] || printf '%s' "$held" 2>/dev/null || gone=yes
    held=
    [ -z "$holding" ] || hold
}

# hold: from now on lines may wait for a second, where to look at the clock costs no process.
hold() {
    [ -r /proc/uptime ] || return
    now
    holding=$((hundredths + 100))
}

release() {
    holding=
    send_held
}

# calls_may_follow: whether calls may be a part of this program, as text comes in them: everybody could see the words of
# a printf that is not built into the shell.
calls_may_follow() {
    heed_signals
    [ -z "$has_text" ] || return 0
    say unread
    return 1
}

# words NAME TEXT [BYTES]: a body, of at most 4 KiB or so many bytes.
words() {
    send_held
    # shellcheck disable=SC2059 # a number
    printf "@%s begin %s\\n%.${3:-4096}s\\n@%s end 0\\n" "$N" "$1" "$2" "$N" 2>/dev/null || gone=yes
}

# call [with TEXT] VERB WORD…: performs one call, or skips it, and answers.
#
# The text is the call's payload as a word: with `\` before each `\`, and `\n`. Sets text, else empty.
call() {
    [ -z "$gone" ] || return 0
    text=
    if [ "$1" = with ]; then
        text=$2
        shift 2
    fi
    verb=$1 code=$1 why='' result='' payload=0
    shift
    case $verb in
        hold | release)
            "$verb"
            return
            ;;
        open) payload=$4 failed='' ;;
        note) payload=$1 ;;
        stage) payload=$5 ;;
        assign) payload=$2 ;;
        lives | says) ;;
        submit | hand) payload=$3 ;;
        trust | expect | backup | setting | arm | remove | build | check | manifest | swap | confirm | undo | close) ;;
        mark | back | run | prints | watch | leads) ;;
        list | audit | show | state | restore | prune | rotated | drop | erase | break_lock)
            if ! guarded; then
                words why "$why"
                say failed "$verb" "$code"
            elif "$verb" "$@"; then
                say 'done' "$verb"
            else
                say failed "$verb" "$code"
            fi
            return
            ;;
        *) return ;;
    esac
    [ -z "$text" ] || payload=0
    case $verb-$run-$failed in
        open-* | mark-*- | back-*- | run-*- | submit-*- | hand-*- | watch-*- | leads-*- | *-?*-) perform "$@" ;;
        *--) say failed "$verb" none ;;
        *) say skipped "$verb" ;;
    esac
    text=
    take >/dev/null
}

# perform WORD…: the call that verb names.
perform() {
    if "$verb" "$@"; then say 'done' "$verb" ${result:+"$result"}; else fail; fi
}

# fail: answers, and ends the transaction; after the change the controller judges the proof.
fail() {
    [ -z "$why" ] || words why "$why"
    say failed "$verb" "$code"
    case $verb-$code in submit-* | hand-* | watch-* | leads-* | run-discard) return ;; esac
    [ -z "$run" ] || failed=yes
    put_back
}

# put_back: runs the restore program of the open transaction, if there is one, and reports the result.
put_back() {
    [ -n "$run" ] || return 0
    send_held
    revert
    words restore "$restored" 65536
    say undone "$undone"
}

# heed_signals: signals that end the agent make it put back an open transaction first. Not before there can be one: a
# shell that waits for more of its program does nothing about them.
heed_signals() {
    trap 'exit 1' HUP INT TERM
}

# revert: runs the restore program of the open transaction and ends it; sets ended, restored and undone.
revert() {
    state_of "$run"
    ended=$run run=''
    restored=$(sh "$ended/restore" --records 2>&1 </dev/null 3<&-)
    case $?-$state in
        0-preparing) undone=refused ;;
        0-*) undone=restored ;;
        *) undone=stranded ;;
    esac
}

# begin: what has to be known before the first call.
begin() {
    choose_tools
    rely_on "$inherited"
    case $(command -v printf) in printf) has_text=text ;; *) has_text='' ;; esac
    # Caught, not ignored: an ignored signal would be ignored in every daemon that we start.
    trap : PIPE
    trap 'put_back; send_held' EXIT
    # A banner may end without a line break.
    echo 2>/dev/null
}

# serve: says that calls can come, and performs them until no more do.
serve() {
    exec 3<&0 </dev/null
    heed_signals
    say ready 1 "$user" ${has_text:+"$has_text"}
    while [ -z "$gone" ] && IFS= read -r line <&3; do
        eval "call $line"
    done
    exit
}

begin </dev/null
