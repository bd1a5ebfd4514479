# Files as they are to be, next to those in use: written, built, checked.

stage() {
    beside "$@" && take_to "$temp" && staged "$2 $3:$4"
}

# beside PATH MODE OWNER GROUP BYTES [secret]: sets i and temp, an empty file to be filled; else sets why.
beside() {
    number "$1"
    eval "found=\$found_$i was=\$was_$i owner=\$owner_$i"
    why="$1 was not backed up"
    [ -n "$found" ] && journal "staging $1" && place "$1" "${run##*/}" "$i" && mkworkdir && make_beside "$@" && return
    attributes "$1"
    return 1
}

# staged AS: notes that temp is what the file is to become.
staged() {
    eval "role_$i=staged temp_$i=\$temp as_$i=\$1"
    order="$order $i" unsettled="$unsettled $i"
}

# settle: gives what was staged its permissions and its date; else sets why.
settle() {
    [ -n "$unsettled" ] || return 0
    set --
    for i in $unsettled; do eval "set -- \"\$@\" \"\$temp_$i\""; done
    why="what was staged cannot be read"
    looks "$@" || return
    for i in $unsettled; do
        next_look
        eval "permit \"\$temp_$i\" \$as_$i" || return
    done
    set --
    for i in $unsettled; do
        eval "temp=\$temp_$i role=\$role_$i"
        [ "$role" != staged ] || set -- "$@" "$temp"
    done
    [ $# -eq 0 ] || backdate "$@"
    unsettled=
}

# backdate FILE…: dates them two seconds before the run.
#
# Postfix takes a younger main.cf for half written, and each of its programs sleeps until it is older ("pausing to let
# file cool down", dict_load_file_xt in its src/util/dict.c). Ours comes by rename, whole.
backdate() {
    case $begun in '' | *[!0-9]*) return 0 ;; esac
    touch -d "@$((begun - 2))" -- "$@" || touch -A -000002 -- "$@" || :
} 2>/dev/null

# make_beside PATH MODE OWNER GROUP BYTES [secret]: makes temp, empty, with permissions that are no wider than those
# it is to have, and mostly just those; else sets why.
make_beside() {
    lift_mask "$2"
    attempt make "$temp"
    set -- $? "$@"
    umask 077
    [ "$1" -eq 0 ] && drop_acl "$temp" || return
    shift
    if [ "$found" != absent ]; then
        if [ "${6-}" != secret ] && { [ "$owner" = "$3:$4" ] || [ "${was#* }" = "$3 $4" ]; } &&
            within "${was%% *}" "$2"; then
            attempt copy "$1" "$temp" && attempt empty "$temp"
            return
        fi
        # Not the access lists: they must not widen what narrows a mode, nor let anybody read a secret.
        cp --attributes-only --preserve=xattr -- "$1" "$temp" 2>/dev/null
        [ ! -e /sys/fs/selinux/enforce ] || chcon --reference="$1" -- "$temp" 2>/dev/null
    fi
    case $3:$4 in root:root | 0:0) ;; *) attempt chown "$3:$4" "$temp" ;; esac
}

# make FILE: makes a new one.
make() {
    set -C
    { true >"$1"; }
    set -- $?
    set +C
    return "$1"
}

empty() {
    true >"$1"
}

# lift_mask MODE: until `umask 077`, new files get this mode.
lift_mask() {
    mode=${1#"${1%???}"}
    set -- "${mode%??}" "${mode#?}"
    umask "$((7 - $1))$((7 - ${2%?}))$((7 - ${2#?}))"
}

# permit FILE MODE OWNER:GROUP: gives it them, unless what was looked at has them; else sets why.
permit() {
    if [ "$owner:$group" != "$3" ] && [ "$uid:$gid" != "$3" ]; then
        # It may take bits of the mode away.
        attempt chown "$3" "$1" || return
        mode=
    fi
    [ "$mode" = "${2#0}" ] || attempt chmod "$2" "$1"
}

# drop_acl FILE: takes from a new file the access list that its folder gives to each (acl(5), default); else sets why.
#
# Under it, the group's rights are those of everybody whom the list names. cp keeps it, install does not (coreutils
# 9.7).
drop_acl() {
    above=${1%/*}
    case $plain in *"$newline${above%/.mtactl-*}$newline"*) return 0 ;; esac
    case $(ls -ld -- "$above/" 2>/dev/null) in ??????????+*) ;; *) return 0 ;; esac
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

# build COUNT path… SUFFIX word…: makes the indexes of so many staged files by one command, in which the word with
# `{}` comes once for each.
build() {
    left=$1 lost='' temps='' built=''
    shift
    while [ "$left" -gt 0 ]; do
        number "$1"
        eval "staged=\$temp_$i"
        [ -n "$staged" ] || lost=$1
        built="$built $i" temps=$temps$staged$newline
        shift
        left=$((left - 1))
    done
    suffix=$1
    shift
    why="$lost is not staged"
    [ -z "$lost" ] && each_filled "$temps" "$@" || return
    for source in $built; do
        index_of "$source" "$suffix" && filled "$file" quoted "$@" && record "built $i$quoted" || return
    done
    eval "capture $filled" || return
    for i in $built; do
        eval "drop_acl \"\$temp_$i\$suffix\"" || return
    done
}

# index_of NUMBER SUFFIX: notes that a staged file gets an index; else sets why.
index_of() {
    eval "file=\$path_$1 staged=\$temp_$1 as=\$as_$1"
    number "$file$2"
    eval "found=\$found_$i"
    why="$file$2 was not backed up"
    [ -n "$found" ] && journal "building $file$2" || return
    eval "role_$i=index temp_$i=\$staged\$2 as_$i=\$as index_$source=$i"
    unsettled="$unsettled $i"
}

# each_filled PLACES word…: sets filled to the words, quoted, with each of the places, which end with line breaks, in
# the place of `{}`: a word that has it comes once for each.
each_filled() {
    places=$1 filled=''
    shift
    for pattern; do
        left=$places
        while :; do
            place=${left%%"$newline"*} left=${left#*"$newline"} filling='' rest=$pattern
            while :; do
                case $rest in
                    *'{}'*) filling=$filling${rest%%'{}'*}$place rest=${rest#*'{}'} ;;
                    *) break ;;
                esac
            done
            quoted "$filling$rest"
            filled=$filled$quoted
            case $pattern-$left in *'{}'*-?*) ;; *) break ;; esac
        done
    done
}

check() {
    settle || return
    if in_place "$@"; then return; fi
    check_in_copy staged "$@" || return
    [ -s "$run/errors" ] || return 0
    printed
    fresh=$errors
    check_in_copy found "$@"
    printed
    why=$(fresh_lines "$fresh" "$errors")
    [ -z "$why" ]
}

# in_place COUNT file… word…: whether all the files are staged in one folder, and the command has nothing to say there.
in_place() {
    left=$1 one=''
    shift
    [ "$left" -gt 0 ] || return
    while [ "$left" -gt 0 ]; do
        number "$1"
        eval "role=\$role_$i temp=\$temp_$i"
        [ "$role" = staged ] && [ "${temp##*/}" = "${1##*/}" ] && [ "${one:-${temp%/*}}" = "${temp%/*}" ] || return
        one=${temp%/*}
        shift
        left=$((left - 1))
    done
    filled "$one" capture "$@" && [ ! -s "$run/errors" ]
}

# check_in_copy staged|found COUNT file… word…: copies of the files in one folder, and the command run there; else sets
# why.
#
# The same folder both times, so that what the command says of it compares equal.
check_in_copy() {
    side=$1 left=$2
    shift 2
    if [ -e "$run/check" ]; then attempt rm -rf -- "$run/check" || return; fi
    attempt mkdir "$run/check" || return
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
        if [ -e "$from" ]; then attempt cp -p -- "$from" "$to" || return; fi
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
