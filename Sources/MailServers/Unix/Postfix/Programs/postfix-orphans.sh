# Ends what still delivers for a service of ours that is gone from master.cf.
ps -A -o pid= -o args= | while read -r pid name _ service _; do
    case $name-$service in smtp-mtactl-*) postconf -M "$service/unix" 2>/dev/null | grep -q . || kill "$pid" 2>/dev/null ;; esac
done
:
