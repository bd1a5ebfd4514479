# msmtp's own reading of the file $2 staged in the folder $1; as a user's file it must be readable to the user alone.
umask 077
cat "$1/$2" >"$1/.own" && exec msmtp -C "$1/.own" --pretend -f mtactl@localhost -- mtactl@mtactl.invalid </dev/null >/dev/null
