# Reads config in the folder d, with lookup files from there, and asks exim for the ways of what is left of the words.
#
# On stderr only a panic counts: there are warnings too, each with its time. A copy for the host's own use that cannot be
# delivered is no reason where the address itself takes a way of ours.
# shellcheck disable=SC2154
sed "s|$folder/mtactl_|$d/mtactl_|g" "$d/config" >"$d/staged" && chmod 600 "$d/staged" || exit
ask() {
    if "$exim" -C "$d/staged" "$@" >"$d/said" 2>&1 || grep -q 'router = mtactl_' "$d/said"; then
        grep -q PANIC "$d/said" || return 0
    fi
    cat "$d/said" >&2
    exit 1
}
ask -bV
while [ $# -gt 1 ]; do
    ask -f "$1" -bt "$2"
    shift 2
done
