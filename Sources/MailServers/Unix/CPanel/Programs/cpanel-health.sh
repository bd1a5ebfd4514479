# Waits for the daemon whose process id is in the file $1: a restart may be over before the file is there again.
# shellcheck disable=SC2034 # it counts
for i in 1 2 3 4 5 6 7 8 9 10; do
    if kill -0 "$(cat "$1")" 2>/dev/null; then exit; fi
    sleep 1
done
exit 1
