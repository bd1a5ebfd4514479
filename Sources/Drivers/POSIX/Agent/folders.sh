# Which folders can be relied on: what is in them only root can have put there, or the mail server's own user.
#
# For the agent and for the restore program. They set user, who runs them; trusted, the users whose folders will do; and
# B, the folder of the backups.

# sound PATH…: whether every folder from / to the one that each path is in is a trusted user's, and nobody else
# may write to it; else sets code and why. Sets strange: those of them that are not our own, and adds to plain those
# that have no access list; each between line breaks. With `by_file` set, no file itself may be writable by everyone.
sound() {
    code=exposed folders=$newline strange=$newline relied=$newline
    for path; do
        if [ -n "${by_file-}" ] && [ ! -L "$path" ]; then
            relied=$relied$path$newline folders=$folders$path$newline
        fi
        while path=${path%/*} && [ -n "$path" ]; do
            # Those above it are there, too.
            case $folders in *"$newline$path$newline"*) break ;; esac
            folders=$folders$path$newline
        done
    done
    set -- /
    folders=${folders#"$newline"}
    while [ -n "$folders" ]; do
        set -- "$@" "${folders%%"$newline"*}"
        folders=${folders#*"$newline"}
    done
    # What is not there yet has no line, and nothing can be made in it.
    folders=$(ls -ldn -- "$@" 2>/dev/null)$newline
    while [ -n "$folders" ]; do
        may_rely_on "${folders%%"$newline"*}" || return
        folders=${folders#*"$newline"}
    done
}

# may_rely_on LINE: whether what a line of ls tells of can be relied on; else sets why.
may_rely_on() {
    bits=${1%% *} entry=$1 fields=8
    # As it is: the shell would make one blank of several in a name.
    while [ "$fields" -gt 0 ]; do
        entry=${entry#"${entry%%[! ]*}"}
        entry=${entry#* } fields=$((fields - 1))
    done
    set -f
    # shellcheck disable=SC2086 # MODE LINKS UID GID SIZE MONTH DAY TIME PATH
    set -- $1
    set +f
    owner_of=$3 group_of=$4 why='' is_file=''
    case $relied in *"$newline$entry$newline"*) is_file=yes ;; esac
    case $is_file$bits in
        yes-* | d*) ;;
        # Of a link, a pipe and the like is told where it is read.
        yes*) return 0 ;;
        *)
            why="$entry is not a folder"
            return 1
            ;;
    esac
    case $bits in ??????????+*) ;; *) plain=$plain$entry$newline ;; esac
    case $is_file$bits in
        yes????????w* | d???????w*) why="anyone can write to $entry" ;;
        # Of other owners and groups the plan has a note: configurations are kept under git, by groups of their own.
        yes*) return 0 ;;
        d????w????+*) why="an access list lets others write to $entry" ;;
        d????w*) [ "$group_of" = 0 ] || why="group $group_of can write to $entry" ;;
    esac
    if [ "$entry" = "$B" ]; then
        case $bits in drwx------*) ;; *) why="users other than root can enter $entry" ;; esac
        [ "$owner_of" = "$user" ] || why="$entry belongs to user $owner_of"
    fi
    [ -z "$why" ] || return
    case " $trusted " in
        *" $owner_of "*) ;;
        *)
            why="$entry belongs to user $owner_of"
            return 1
            ;;
    esac
    [ "$owner_of" = "$user" ] || strange=$strange$entry$newline
}

# rely_on FOLDERS: adds to PATH those of another one's that root alone can write to, as systems have that keep their
# programs elsewhere; where it is called, what sound sets means nothing yet.
rely_on() {
    others=$1:
    while [ -n "$others" ]; do
        other=${others%%:*} others=${others#*:}
        case :$PATH: in *":$other:"*) continue ;; esac
        case $other in
            /*) [ ! -d "$other" ] || ! sound "$other/program" || PATH=$PATH:$other ;;
        esac
    done
    strange=$newline code='' why=''
}

# place PATH RUN NUMBER: sets temp: where what is to be put at a path is made: in a folder of our own, workdir, which
# is in the path's folder where that is our own, too, and there has the path's last name; else above it, on the
# same file system. Sets foreign where it is the latter, code and why where there is no such place.
#
# In a folder of somebody else's, a link could be where we write, as the names that we use are known.
place() {
    above=${1%/*}
    workdir=$above/.mtactl-$2
    temp=$workdir/${1##*/} foreign=''
    case $strange in *"$newline$above$newline"*) ;; *) return 0 ;; esac
    while case $strange in *"$newline$above$newline"*) ;; *) false ;; esac do above=${above%/*}; done
    # shellcheck disable=SC2034 # restore.sh asks for it
    workdir=$above/.mtactl-$2 temp=$above/.mtactl-$2/$3.${1##*/} foreign=yes
    if same_system "${1%/*}" "${above:-/}"; then return 0; fi
    code=apart why=${1%/*}
    return 1
}

# mkworkdir: makes the folder that `place` has set, unless it is there; else sets why.
mkworkdir() {
    if [ ! -d "$workdir" ] || [ -L "$workdir" ]; then why=$(mkdir -m 700 -- "$workdir" 2>&1) || return; fi
    if [ -z "$foreign" ] || [ -d "$workdir/.last" ]; then return 0; fi
    why=$(mkdir -m 700 -- "$workdir/.last" 2>&1)
}

# into_place TEMP PATH: renames what was made where `place` has set.
#
# Under its last name, into the folder: `mv FILE PATH` would move it into a folder that a link at PATH leads to, which
# whoever owns the path's folder can put there. With `mv NAME FOLDER/`, such a link is replaced.
into_place() {
    if [ "${1##*/}" = "${2##*/}" ]; then
        mv -f -- "$1" "${2%/*}/"
        return
    fi
    last=${1%/*}/.last/${2##*/}
    mv -f -- "$1" "$last" || return
    if mv -f -- "$last" "${2%/*}/"; then return 0; fi
    mv -f -- "$last" "$1"
    return 1
}

# same_system FOLDER FOLDER: whether a file can be renamed from one to the other.
same_system() {
    devices=$(stat -c %d -- "$@" 2>/dev/null || stat -f %d -- "$@" 2>/dev/null)
    [ -n "$devices" ] && [ "${devices%%"$newline"*}" = "${devices##*"$newline"}" ]
}
