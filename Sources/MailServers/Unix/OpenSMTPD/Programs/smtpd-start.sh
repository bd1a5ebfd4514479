# Starts OpenSMTPD: after a few starts in ten seconds systemd refuses more, unless it is told to forget them.
u=opensmtpd
systemctl cat "$u" >/dev/null 2>&1 || u=smtpd
systemctl reset-failed "$u" 2>/dev/null
exec systemctl start "$u"
