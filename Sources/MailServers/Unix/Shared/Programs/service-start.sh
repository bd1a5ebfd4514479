# Starts the service $1 again, through whatever supervises it.
if [ -d /run/systemd/system ]; then
    exec systemctl restart "$1"
else
    exec service "$1" restart
fi
