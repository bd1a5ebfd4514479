# Takes the message $1 out of the queues that both configurations name. Comes after as-owner.sh.
for f in /etc/mail/sendmail.cf /etc/mail/submit.cf; do
    q=$(sed -n 's/^O QueueDirectory=//p' "$f")
    q=${q:-/var/spool/mqueue}
    # Of several queues one level is left out: `mqueue/qd*`.
    case $q in *'*'*) q=${q%/*} ;; esac
    as_owner "$q" find "$q" -type f -name "[qdthQ]f$1" -exec rm -f {} +
done
