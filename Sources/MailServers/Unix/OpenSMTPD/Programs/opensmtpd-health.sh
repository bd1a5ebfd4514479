# Waits until smtpd answers: that takes some tenths of a second after its start, and smtpctl exits 1 before.
i=0
until smtpctl show status >/dev/null 2>&1; do
    i=$((i + 1))
    [ $i -lt 50 ] || exit 1
    sleep 0.2
done
