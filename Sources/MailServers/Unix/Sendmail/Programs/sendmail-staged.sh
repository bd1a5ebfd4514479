# Makes a sendmail.cf of the source $2 staged in the folder $1 and has the program $3 read it; $4 is the server's folder,
# the rest are words for m4 before the source.
d=$1 source=$2 program=$3
cd "$4" || exit
shift 4
m4 "$@" "$d/$source" >"$d/sendmail.cf" && exec "$program" -C "$d/sendmail.cf" -bv root >/dev/null
