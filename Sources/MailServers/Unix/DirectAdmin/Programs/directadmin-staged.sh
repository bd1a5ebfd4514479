# The folder $1 and the program $2; then senders and recipients in turn. Leaves the configuration, which includes what
# is staged, in config. Comes before exim-ways.sh.
# shellcheck disable=SC2034
d=$1 exim=$2 folder=/etc
shift 2
for f in "$d"/exim.*.conf; do
    [ ! -f "$f" ] || sed "s|/etc/mtactl_|$d/mtactl_|g" "$f" >"$f.staged" || exit
done
set -- "s|/etc/\(exim\.authenticators\.post\.conf\)|$d/\1.staged|" "$@"
set -- "s|/etc/\(exim\.transports\.pre\.conf\)|$d/\1.staged|" "$@"
set -- "s|/etc/\(exim\.routers\.pre\.conf\)|$d/\1.staged|" "$@"
sed -e "$1" -e "$2" -e "$3" "$d/exim.conf" >"$d/config" || exit
shift 3
