# Postfix's own reading of the folder $1, in which main.cf is called $2 and master.cf $3, as behind a link they may be.
cd "$1" || exit
[ -e main.cf ] || ln -s "$2" main.cf
[ -e master.cf ] || ln -s "$3" master.cf
exec postconf -c "$1" -n
