# What every part of the lab needs to know: folders, tables, how to stop with an error.
# shellcheck shell=bash

set -euo pipefail

# Set by `lab` before this file is read: the folder of the lab.
: "${lab:?}"
# shellcheck disable=SC2034  # used by the files that read this one
{
    cache=${MTACTL_LAB_CACHE:-$lab/cache}
    # One lab of each name is up at a time on a machine, whichever worktree it belongs to. Each name has its own run
    # folder, lock and control group. Networks are in namespaces anyway.
    lab_name=${MTACTL_LAB_NAME:-mtactl-lab}
    run=$lab/run
    [[ $lab_name == mtactl-lab ]] || run=$lab/run-$lab_name
    # Holds the folder of the lab that is up.
    machine_lock=/run/$lab_name.lock
    inotify_limit=/proc/sys/fs/inotify/max_user_instances

    domain=lab.test
    controller=198.19.0.2
    controller_gateway=198.19.0.1
    gateway=198.18.0.1
    internet=198.18.3.1
}

# die MESSAGE [HINT] [STATUS]
die() {
    printf 'lab: %s\n' "$1" >&2
    [[ -z ${2:-} ]] || printf 'hint: %s\n' "$2" >&2
    exit "${3:-1}"
}

# Rows of a table file without its comments.
rows() {
    sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$1"
}

# The hosts of a size (small, all, full, a number of fleet hosts, or names), one per line: name, root, address, host
# name and, if it is not its root's, the file in servers/ that sets it up. NAME*N are N hosts of one kind: NAME, NAME-2,
# NAME-3…
hosts_of_size() {
    local fleet=0 number root
    case $1 in
        small) rows "$lab/hosts" | head -n 4 ;;
        # Those with a POSIX shell: Windows hosts and their directory have to be named.
        all) rows "$lab/hosts" | awk '$2 !~ /windows|directory/' ;;
        full) rows "$lab/hosts" | head -n 4; fleet=16 ;;
        [0-9]*) fleet=$1 ;;
        *) rows "$lab/hosts" | awk -v names="$1" '
            BEGIN { split(names, wanted, ","); for (i in wanted) { split(wanted[i], of, "*"); copies[of[1]] = of[2] } }
            $1 in copies {
                print
                for (i = 2; i <= copies[$1]; i++) {
                    split($3, number, "."); label = domain = $4; sub(/\..*/, "", label); sub(/[^.]*/, "", domain)
                    print $1 "-" i, $2, "198.18." 8 + i "." number[4], label "-" i domain, $5
                }
            }' ;;
    esac
    for ((number = 1; number <= fleet; number++)); do
        root=bookworm
        ((number % 2)) || root=trixie
        printf 'fleet%02d %s 198.18.4.%d fleet%02d.%s\n' "$number" "$root" "$number" "$number" "$domain"
    done
}
