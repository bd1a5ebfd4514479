# Postfix's own reading of the folder $1, in which main.cf is called $2 and master.cf $3, as behind a link they may be.
cd "$1" || exit
[ -e main.cf ] || ln -s "$2" main.cf
[ -e master.cf ] || ln -s "$3" master.cf
# What only a line of the host used that is removed is used no more; what a later Postfix will not know, this one does.
words=$(postconf -c "$1" -n 2>&1 >/dev/null)
status=$?
printf '%s' "$words" | grep -v -e 'unused parameter: ' -e 'support for parameter ' >&2
exit $status
