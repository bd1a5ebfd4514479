# Gives mail that waits for an action which is not in smtpd.conf $2 any more to the host's own action $1. $3 is
# opensmtpd-envelopes.sh, which does it as whom the queue belongs to. Comes after as-owner.sh.
actions=$(sed -n 's/^.*action "\(mtactl-[^"]*\)" .*$/\1/p' "$2")
queue=/var/spool/smtpd/queue
[ ! -d "$queue" ] || as_owner "$queue" sh -c "$3" sh "$queue" "$1" "$actions"
