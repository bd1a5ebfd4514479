# The ways that the program $1 has for the words after it, one line each.
program=$1
shift
printf '%s\n' "$@" | "$program" -bt 2>/dev/null | sed -n 's/^\(> \)*Parse1 *returns: *//p' | tr -d ' ' |
    sed -e 's/\$:.*//' -e 's/^\$#\(mtactl-[^$]*\)\$@/\1 /' -e 's/^\$#[^$]*\$@/direct /'
