# Marks the recipients of message $1 as done; $2 is qmail-done.sh, which does it as whom the lists belong to. Comes after
# as-owner.sh.
for home in /var/qmail /var/lib/qmail; do
    for folder in remote local; do
        [ ! -d "$home/queue/$folder" ] || as_owner "$home/queue/$folder" sh -c "$2" sh "$home/queue" "$folder" "$1"
    done
done
:
