# Has the daemon whose process id is in the file $1 restart, and waits for the id that it has then.
read -r old <"$1" && kill -HUP "$old" || exit
n=0
while [ $n -lt 100 ]; do
    if read -r new 2>/dev/null <"$1" && [ "$new" != "$old" ] && kill -0 "$new" 2>/dev/null; then exit 0; fi
    n=$((n + 1))
    sleep 0.1 2>/dev/null || sleep 1
done
kill -0 "$old" && exit
echo 'sendmail did not come back' >&2
exit 1
