# Takes the message $1 out of the queue, and from among those that were given up. Comes after as-owner.sh.
for folder in /var/spool/nullmailer/queue /var/spool/nullmailer/failed; do
    [ ! -d "$folder" ] || as_owner "$folder" rm -f "$folder/$1"
done
