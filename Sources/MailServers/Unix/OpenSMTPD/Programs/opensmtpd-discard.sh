# Takes the message $1 out of the queue. Comes after as-owner.sh.
smtpctl remove "$1"
queue=/var/spool/smtpd/queue
as_owner "$queue" rm -rf "$queue/$(printf %.2s "$1")/$1"
