# Makes Exim with the spool $1 forget that it could not reach these hosts.
s=$1
shift
command -v exim_fixdb >/dev/null || exit 0
keys=$(for h; do exim_dumpdb "$s" retry 2>/dev/null | awk -v "k=T:$h:" 'index($1, k) == 1 { print $1; print "d" }'; done)
[ -z "$keys" ] || printf '%s\n' "$keys" | exim_fixdb "$s" retry >/dev/null 2>&1
:
