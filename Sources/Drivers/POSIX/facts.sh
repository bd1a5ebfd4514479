# mtactl's facts: what a host is and which mail servers are on it. Reads only: creates nothing, not even a temporary
# file.
#
# It comes on the standard input of `/bin/sh -s` after the lines `N=nonce` and `B=folder`, and `S=survey` where a
# person wants to see the host and nothing is planned; after it come what each product is known by and what is asked
# about it, then `questions`, more `file` lines and `bye`. Words of products: `server NAME PROGRAM…`, `found NAME
# FUNCTION`, `sendmail_at PATH…`, `marked NAME WORD`, `panel NAME PATH…`, `logs NAME…`, `asks FUNCTION`,
# `asks_at_once FUNCTION`; a product's version is asked by its function `version_of_NAME PATH`. Words of questions:
# `ask KEY word…`, `tell KEY word…`, `say KEY function…`, `survey KEY word…`, `answer KEY TEXT`, `file PATH…`. No call
# of `ask` waits for longer than 20 seconds where timeout(1) is known. Processes are what costs a host that has other
# things to do, so nothing is asked of a program that the shell knows itself. Answers:
#
#   host.name        the full host name
#   host.init        systemd, openrc, bsd, runit, sysv or none
#   sendmail.path    where the command `sendmail` leads, all links followed
#   sendmail.text    a word in that program that tells whose it is, where its path does not
#   sendmail.wrapper FreeBSD's mailer.conf
#   port25.ss, .sockstat, .netstat, .proc   who listens on port 25, as the first of these that is there prints it;
#                    .proc are lines of /proc/net/tcp and names no program. Not asked where one server alone is there
#                    and has `sendmail`, as on most hosts
#   mta.programs     lines NAME PATH: the programs of mail servers that are there
#   mta.panels       lines NAME PATH: the control panels and mail suites that are there
#   mta.version.NAME the program's own words, or the package manager's
#   log.daemon       the syslog daemons that run, one name per line
#   log.files        lines SIZE MTIME PATH: mail logs that are there
#   log.journal      exits 0 where systemd's journal is kept and there is a program that reads it
#   mtactl.runs      lines `RUN STATE [SECONDS]` of runs that neither ended well nor were put back, with seconds after
#                    which the dead-man switch puts the host back; `RUN expired TIME` when it did that to the newest
#                    run; then `lock RUN by WHO since TIME` where somebody has the lock; not there where there are
#                    none. They are in folder B
#   mtactl.user      the user id that asks
#   mtactl.closed    of the files that were asked for, and their folders, those that this user cannot write to, a path
#                    a line: where the login is not root, a file system is read-only, or a file is immutable; not
#                    there where there are none, nor where the shell's test(1) knows modes alone
#   mtactl.unkept    the folder that backups would be put in, where this user cannot write to it
#   mtactl.room      the free blocks where backups are put, and how many bytes each has; where stat(1) is GNU's or
#                    busybox's

# shellcheck disable=SC2015,SC2034,SC2154,SC2317 # `a && b || {` is intended; eval sets fields; what is appended calls

# As in the agent: nothing depends on the inherited environment.
PATH=/usr/sbin:/usr/local/sbin:/sbin:/usr/bin:/bin:/usr/local/bin:/usr/pkg/sbin:/usr/pkg/bin
LC_ALL=C
export PATH LC_ALL
unset ENV BASH_ENV CDPATH IFS MAIL_CONFIG
umask 077
exec 3>&1
newline='
'
filed=$newline
# Files and folders that are no links, nor in one.
unlinked=$newline
# Which options stat(1) has: GNU's also in busybox.
dialect=none
if [ -e /proc/sys/kernel/ostype ] || stat -c %i / >/dev/null 2>&1; then
    dialect=gnu
elif stat -f %i / >/dev/null 2>&1; then
    dialect=bsd
fi
limit=unknown

# ask KEY word…: a command's output, what it said on stderr, and its status. 127 where there is no such program.
ask() {
    key=$1
    shift
    if [ "$limit" = unknown ]; then
        limit=
        if timeout 20 true 2>/dev/null; then limit='timeout 20'; fi
    fi
    # shellcheck disable=SC2086 # two words, or none
    case $limit-$(command -v "$1") in
        ?*-/*) tell "$key" $limit "$@" ;;
        *) tell "$key" "$@" ;;
    esac
}

# survey KEY word…: `ask`, where a person wants to see the host. What it tells, no plan needs.
survey() {
    [ -z "${S-}" ] || ask "$@"
}

# tell KEY word…: the same of what waits for nobody: a program that reads the host's own files.
tell() {
    key=$1 said='' status=127
    shift
    printf '@%s begin answer %s\n' "$N" "$key"
    if command -v "$1" >/dev/null; then
        said=$("$@" 2>&1 1>&3 3>&- </dev/null)
        status=$?
    fi
    printf '\n@%s end %s\n' "$N" "$status"
    [ -z "$said" ] || printf '@%s begin errors %s\n%s\n@%s end 0\n' "$N" "$key" "$said" "$N"
}

# say KEY function word…: the same of a function of ours, whose complaints nobody needs; it may set variables.
say() {
    printf '@%s begin answer %s\n' "$N" "$1"
    shift
    "$@" 2>/dev/null 3>&- </dev/null
    printf '\n@%s end %s\n' "$N" "$?"
}

# answer KEY TEXT: what is known already.
answer() {
    printf '@%s begin answer %s\n%s\n@%s end 0\n' "$N" "$1" "$2" "$N"
}

# file PATH…: what each leads to, its owner and mode, and its bytes, but those of a table's index, which are only there
# where the table itself was asked for too. Answered once.
file() {
    for path; do
        shift
        case $filed in *"$newline$path$newline"*) continue ;; esac
        filed=$filed$path$newline why=
        if [ ! -e "$path" ]; then
            [ ! -L "$path" ] || why='a link to nothing'
            no_file "$path" "${why:-absent}"
        elif [ ! -f "$path" ]; then
            no_file "$path" 'not a file'
        elif [ ! -r "$path" ]; then
            no_file "$path" 'permission denied'
        else
            set -- "$@" "$path"
        fi
    done
    [ $# -eq 0 ] || bytes_of "$@"
}

# release: sets path: where os-release(5) is, past the link that most systems have in /etc.
release() {
    path=/usr/lib/os-release
    if [ ! -L /etc/os-release ] || [ ! -f "$path" ]; then path=/etc/os-release; fi
}

# bytes_of PATH…: of files that are there. One call of each tool for all, one for each where that does not go.
bytes_of() {
    straight "$@" || reals=$(readlink -f -- "$@" 2>/dev/null)
    looks=$(look "$@")
    if ! lines "$reals" $# || ! lines "$looks" $#; then
        if [ $# -eq 1 ]; then
            no_file "$1" "no readlink or stat for it"
        else
            for path; do bytes_of "$path"; done
        fi
        return
    fi
    held='' sizes='' total=0
    for path; do
        real=${reals%%"$newline"*} reals=${reals#*"$newline"}
        looked=${looks%%"$newline"*} looks=${looks#*"$newline"}
        status_of "$looked"
        if [ "$size" -gt 8388608 ]; then
            no_file "$path" 'too big'
            continue
        fi
        [ $((total + size)) -le 8388608 ] || bytes_of_held
        printf '@%s file %s\n@%s at %s\n' "$N" "$path" "$N" "$real"
        printf '@%s stat %s %s %s %s %s\n' "$N" "$mode" "$owner" "$group" "$inode" "$changed"
        case $path in
            *.db | *.lmdb | *.cdb) printf '@%s unread\n' "$N" ;;
            *) held=$held$real$newline sizes="$sizes $size" total=$((total + size)) ;;
        esac
    done
    bytes_of_held
}

# straight PATH…: whether no path leads through a link; then sets reals to them, one a line.
straight() {
    reals=
    for path; do
        reals=${reals:+$reals$newline}$path
        case $path in /*[!/]) ;; *) return 1 ;; esac
        case $path/ in *//* | */./* | */../*) return 1 ;; esac
        walked=
        while [ -n "$path" ]; do
            case $unlinked in *"$newline$path$newline"*) break ;; esac
            [ ! -L "$path" ] || return
            walked=$walked$path$newline path=${path%/*}
        done
        # Not before all folders above were looked at: a link may be among them.
        unlinked=$unlinked$walked
    done
}

# bytes_of_held: those of the files in $held, one after the other.
bytes_of_held() {
    [ -n "$held" ] || return 0
    printf '@%s begin bytes%s\n' "$N" "$sizes"
    (
        set -f
        IFS=$newline
        # shellcheck disable=SC2086 # names in lines
        exec cat $held
    ) 2>/dev/null
    printf '\n@%s end %s\n' "$N" "$?"
    held='' sizes='' total=0
}

# lines TEXT COUNT: whether it has so many.
lines() {
    rest=$1$newline left=$2
    while [ -n "$rest" ] && [ "$left" -ge 0 ]; do
        rest=${rest#*"$newline"} left=$((left - 1))
    done
    [ -n "$1" ] && [ "$left" -eq 0 ]
}

# no_file PATH absent|WHY: says that there are no bytes of it.
no_file() {
    [ "$2" = absent ] || set -- "$1" "unreadable $2"
    printf '@%s file %s\n@%s %s\n' "$N" "$1" "$N" "$2"
}

# read_at_once PATH…: whether none of these is what a reader may wait for: a pipe, a socket, a device. Whoever can put
# one in the place of a file must not stop us: what is read is asked for here, by `file`, or by `[ -f … ]`.
read_at_once() {
    for path; do
        if [ -e "$path" ] && [ ! -f "$path" ] && [ ! -d "$path" ]; then return 1; fi
    done
}

# exposed USERS PATH…: sets whose, a line `PATH: WHY` for each of these files, of the folders above them, and of what
# links lead to, that others than root and these users own or may write to, or that is no file. One call of ls.
exposed() {
    relied=' 0 '
    for name in $1; do
        relied="$relied$(id -u "$name" 2>/dev/null) "
    done
    shift
    straight "$@" || reals=$(readlink -f -- "$@" 2>/dev/null)
    reals=$(printf '%s\n' "$@")$newline$reals$newline
    set -- /
    passed=$newline
    while [ -n "$reals" ]; do
        path=${reals%%"$newline"*} reals=${reals#*"$newline"}
        while [ -n "$path" ]; do
            case $passed in *"$newline$path$newline"*) break ;; esac
            passed=$passed$path$newline
            set -- "$@" "$path"
            path=${path%/*}
        done
    done
    whose='' left=$(ls -ldn -- "$@" 2>/dev/null)$newline
    while [ -n "$left" ]; do
        expose "${left%%"$newline"*}"
        left=${left#*"$newline"}
    done
}

# expose LINE: adds what a line of ls tells of to whose, unless it can be relied on.
expose() {
    why=
    set -f
    # shellcheck disable=SC2086 # MODE LINKS UID GID SIZE MONTH DAY TIME PATH
    set -- $1
    set +f
    # The rest of a name with a line break is no entry.
    [ $# -ge 9 ] || return 0
    case $1 in
        l*) return ;;
        [!-d]*) why='not a file' ;;
        ????????w*) why='anyone can write to it' ;;
        ?????w????+*) why='an access list lets others write to it' ;;
        ?????w*) [ "$4" = 0 ] || why="group $4 can write to it" ;;
    esac
    case $why-$relied in 'not a file-'* | *" $3 "*) ;; *) why="it belongs to user $3" ;; esac
    [ -n "$why" ] || return
    shift 8
    whose="$whose$*: $why$newline"
}

# look FILE…: one line for each.
look() {
    case $dialect in
        gnu) stat -L -c '%a/%u/%g/%U/%G/%s/%i/%z' -- "$@" 2>/dev/null ;;
        bsd) stat -L -f '%Mp%Lp/%u/%g/%Su/%Sg/%z/%i/%Fc' -- "$@" 2>/dev/null ;;
    esac
}

# status_of LINE: sets mode, owner, group (ids where there is no name, or one with a blank), size, inode, changed.
status_of() {
    looked=$1
    for field in mode uid gid owner group size inode; do
        eval "$field=\${looked%%/*}"
        looked=${looked#*/}
    done
    changed=$looked
    case $owner in '' | UNKNOWN | *' '*) owner=$uid ;; esac
    case $group in '' | UNKNOWN | *' '*) group=$gid ;; esac
}

# bye: the last line, without which the answer is not complete. What comes after it sets all that it reads.
bye() {
    [ -n "${S-}" ] || find_obstacles
    printf '@%s bye\n' "$N"
    exec 3>&-
}

# find_obstacles: what would stop an apply, of the files that were asked for.
find_obstacles() {
    user=''
    while read -r word _ uid _; do
        [ "$word" != Uid: ] || user=$uid
    done 2>/dev/null </proc/self/status
    answer mtactl.user "${user:-$(id -u)}"
    closed='' left=${filed#"$newline"}
    while [ -n "$left" ]; do
        path=${left%%"$newline"*} left=${left#*"$newline"}
        case $path in /*) ;; *) continue ;; esac
        if [ -f "$path" ] && [ ! -w "$path" ]; then closed=$closed$path$newline; fi
        path=${path%/*}/
        case $newline$closed in *"$newline$path$newline"*) continue ;; esac
        if [ -d "$path" ] && [ ! -w "$path" ]; then closed=$closed$path$newline; fi
    done
    [ -z "$closed" ] || answer mtactl.closed "${closed%"$newline"}"
    for path in "${B-}" /var/backups /var; do
        [ -d "$path" ] || continue
        [ -w "$path" ] || answer mtactl.unkept "$path"
        [ "$dialect" != gnu ] || tell mtactl.room stat -f -c '%a %S' "$path"
        break
    done
}

# The host -----------------------------------------------------------------------------------------------------------

host_name() {
    hostname -f 2>/dev/null || uname -n
}

host_init() {
    if [ -d /run/systemd/system ]; then
        echo systemd
    elif [ -d /run/openrc ]; then
        echo openrc
    elif [ -f /etc/rc.subr ]; then
        echo bsd
    elif [ -d /run/runit ] || [ -d /etc/runit/runsvdir ]; then
        echo runit
    elif [ -f /etc/inittab ]; then
        echo sysv
    else
        echo none
    fi
}

# What is known ------------------------------------------------------------------------------------------------------

known_programs='' known_finders='' known_sendmails='' known_words='' known_panels='' known_logs='' known_questions=''

# server NAME PROGRAM…: a mail server is there where one of these programs is, by its name or full path.
server() {
    name=$1
    shift
    for path; do known_programs="$known_programs $name:$path"; done
}

# found NAME FUNCTION: it is also there where the function, called once `sendmail` is known, sets `program`.
found() {
    known_finders="$known_finders $1:$2"
}

# sendmail_at PATH…: where its `sendmail` is, if not in one of the usual places.
sendmail_at() {
    known_sendmails="$known_sendmails $*"
}

# marked NAME WORD: its `sendmail` is called just that, and has this word in it.
marked() {
    known_words="$known_words $1:$2"
}

# panel NAME PATH…: a panel, or a mail server of many parts, is there where one of these files or folders is.
panel() {
    name=$1
    shift
    for path; do known_panels="$known_panels $name:$path"; done
}

# logs NAME…: where it may log, in /var/log.
logs() {
    known_logs="$known_logs $*"
}

# asks FUNCTION: its questions, once all that is there is known.
asks() {
    known_questions="$known_questions $1"
}

# asks_at_once FUNCTION: the same of questions that need to know nothing else but the host's own answers: the host works
# on them while the rest of this program is on its way.
asks_at_once() {
    "$1"
}

# Mail servers -------------------------------------------------------------------------------------------------------

# find_sendmail: sets sendmail_path, and sendmail_word to what tells programs that all are called `sendmail` from each
# other, with sendmail_owner, whose it is.
find_sendmail() {
    sendmail_path='' sendmail_word='' sendmail_owner=''
    for sendmail in /usr/sbin/sendmail /usr/lib/sendmail /usr/local/sbin/sendmail $known_sendmails; do
        [ -f "$sendmail" ] || continue
        sendmail_path=$sendmail
        case $sendmail in
            /usr/sbin/*)
                if [ -L "$sendmail" ] || [ -L /usr/sbin ]; then sendmail_path=$(readlink -f -- "$sendmail"); fi
                ;;
            *) sendmail_path=$(readlink -f -- "$sendmail") ;;
        esac
        answer sendmail.path "$sendmail_path"
        case $sendmail_path in */sendmail) ;; *) return ;; esac
        for pair in $known_words; do
            word=${pair#*:}
            if grep -q "$word" "$sendmail_path" 2>/dev/null; then
                sendmail_word=$word sendmail_owner=${pair%%:*}
                answer sendmail.text "$word"
                return
            fi
        done
        return
    done
}

ask_port_25() {
    if command -v ss >/dev/null; then
        tell port25.ss ss -Hltnp 'sport = :25'
    elif command -v sockstat >/dev/null; then
        tell port25.sockstat sockstat -4 -6 -l -p 25
    elif command -v netstat >/dev/null; then
        tell port25.netstat port_25_of_netstat
    elif [ -r /proc/net/tcp ]; then
        tell port25.proc port_25_of_proc
    fi
}

port_25_of_netstat() {
    netstat -ltnp 2>/dev/null | grep '[:.]25[[:blank:]]'
    return 0
}

port_25_of_proc() {
    for table in /proc/net/tcp /proc/net/tcp6; do
        [ -r "$table" ] || continue
        while read -r slot here there state rest; do
            case $here-$state in *:0019-0A) echo "$slot $here $there $state $rest" ;; esac
        done <"$table"
    done
}

# has NAME|PATH: whether there is such a program; sets program. As `command -v`, without a process for its answer.
has() {
    program=$1
    case $1 in
        /*)
            [ -f "$1" ] && [ -x "$1" ]
            return
            ;;
    esac
    folders=$PATH:
    while [ -n "$folders" ]; do
        program=${folders%%:*}/$1 folders=${folders#*:}
        if [ -f "$program" ] && [ -x "$program" ]; then return; fi
    done
    return 1
}

# find_programs: sets programs, lines NAME PATH.
find_programs() {
    programs=
    for pair in $known_programs; do
        if has "${pair#*:}"; then programs="$programs${pair%%:*} $program$newline"; fi
    done
    for pair in $known_finders; do
        program=
        "${pair#*:}"
        [ -z "$program" ] || programs="$programs${pair%%:*} $program$newline"
    done
    programs=${programs%"$newline"}
}

# find_panels: sets panels, lines NAME PATH.
find_panels() {
    panels=
    for pair in $known_panels; do
        if [ -e "${pair#*:}" ]; then panels="$panels${pair%%:*} ${pair#*:}$newline"; fi
    done
    panels=${panels%"$newline"}
}

# package NAME: the version that the package manager knows.
package() {
    if command -v dpkg-query >/dev/null; then
        dpkg-query -W -f '${Version}\n' "$1"
    elif command -v rpm >/dev/null; then
        rpm -q --qf '%{VERSION}\n' "$1"
    elif command -v apk >/dev/null; then
        apk info -v "$1"
    elif command -v pkg >/dev/null; then
        pkg query %v "$1"
    else
        return 127
    fi
}

# ask_version NAME PATH: by a call that is harmless whatever the program's version; what it sets is its own.
ask_version() {
    if command -v "version_of_$1" >/dev/null; then "version_of_$1" "$2"; fi
}

# The log ------------------------------------------------------------------------------------------------------------

# find_daemons: sets daemons, one name per line: those that write logs and run.
find_daemons() {
    daemons=
    if [ -e /proc/self/comm ]; then
        for comm in /proc/[0-9]*/comm; do
            if read -r daemon 2>/dev/null <"$comm"; then
                case $daemon in
                    rsyslogd | syslogd | syslog-ng | systemd-journal) daemons=$daemons$daemon$newline ;;
                esac
            fi
        done
    else
        for pid in /var/run/syslog.pid /var/run/syslogd.pid /var/run/rsyslogd.pid /var/run/syslog-ng.pid; do
            [ -e "$pid" ] || continue
            pid=${pid##*/}
            daemons=$daemons${pid%.pid}$newline
        done
    fi
}

log_files() {
    set --
    for log in mail.log maillog mail mail.info syslog messages $known_logs; do
        [ ! -f "/var/log/$log" ] || set -- "$@" "/var/log/$log"
    done
    [ $# -gt 0 ] || return 0
    if [ "$dialect" = bsd ]; then stat -f '%z %m %N' -- "$@"; else stat -c '%s %Y %n' -- "$@"; fi
}

# find_open_runs: sets runs.
find_open_runs() {
    runs=
    [ -n "${B-}" ] || return 0
    for state in "$B"/*/state.preparing "$B"/*/state.pending "$B"/*/state.restoring "$B"/*/state.stranded; do
        [ -e "$state" ] || continue
        run=${state%/*} left=
        if [ -f "$run/armed" ] && read -r deadline _ 2>/dev/null <"$run/armed"; then
            left=" $((deadline - $(date +%s)))"
        fi
        runs="$runs${run##*/} ${state##*/state.}$left$newline"
    done
    for run in "$B"/*/; do :; done
    if [ -f "${run}expired" ] && IFS= read -r expired 2>/dev/null <"${run}expired"; then
        run=${run%/}
        runs="$runs${run##*/} expired $expired$newline"
    fi
    if [ -f "$B/lock" ] && IFS= read -r holder 2>/dev/null <"$B/lock"; then runs="${runs}lock $holder$newline"; fi
}

# The questions ------------------------------------------------------------------------------------------------------

# begin: questions of the host, which need nothing of any product.
begin() {
    # A banner may end without a line break.
    echo
    say host.name host_name
    say host.init host_init
    find_daemons
    answer log.daemon "${daemons%"$newline"}"
}

# questions: the others, of the host and of each product that is known.
questions() {
    find_sendmail
    [ ! -f /etc/mail/mailer.conf ] || tell sendmail.wrapper cat /etc/mail/mailer.conf
    find_programs
    find_panels
    # Whose port 25 is matters where it may be another's.
    case $programs$newline$panels in
        *"$newline"?*) ask_port_25 ;;
        *) [ -n "$sendmail_owner" ] && [ "${programs%% *}" = "$sendmail_owner" ] || ask_port_25 ;;
    esac
    answer mta.programs "$programs"
    answer mta.panels "$panels"
    ask_versions
    say log.files log_files
    if [ -d /run/log/journal ] || [ -d /var/log/journal ]; then say log.journal command -v journalctl; fi
    find_open_runs
    [ -z "$runs" ] || answer mtactl.runs "${runs%"$newline"}"
    for question in $known_questions; do "$question"; done
}

# ask_versions: of each that is there, once.
ask_versions() {
    seen=$newline
    while [ -n "$programs$panels" ]; do
        [ -n "$programs" ] || programs=$panels panels=
        line=${programs%%"$newline"*}
        programs=${programs#"$line"}
        programs=${programs#"$newline"}
        case $seen in *"$newline${line%% *}$newline"*) continue ;; esac
        seen=$seen${line%% *}$newline
        [ -z "$line" ] || ask_version "${line%% *}" "${line#* }"
    done
}

# While the products' parts are on their way.
begin
