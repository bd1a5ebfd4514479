# The way that mail from $1 takes.
msmtp --pretend -f "$1" -- mtactl </dev/null | sed -n -e 's/^\(host\|port\|tls\) *= */\1 /p' -e 's/^user *= */user /p'
