# Removes what Exim with the spool $1 knows of transports of ours: who waits for which host.
rm -f -- "$1"/db/wait-mtactl_*
