# Stops OpenSMTPD: Debian's unit is `opensmtpd`, that of others `smtpd`.
u=opensmtpd
systemctl cat "$u" >/dev/null 2>&1 || u=smtpd
exec systemctl stop "$u"
