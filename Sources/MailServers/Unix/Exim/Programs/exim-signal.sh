# Sends the daemon whose process id is in the file $1 the signal $2.
kill "-$2" "$(cat "$1")"
