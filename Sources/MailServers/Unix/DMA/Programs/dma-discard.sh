# Takes the message $1 out of the queue: its mail and its envelope. Comes after as-owner.sh.
spool=/var/spool/dma
as_owner "$spool" rm -f "$spool/M$1" "$spool/Q$1"
