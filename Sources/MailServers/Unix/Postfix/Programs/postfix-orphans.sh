# Ends what still delivers for a service of ours that is gone from master.cf, and removes its socket and its lock.
listed=$(postconf -M 2>/dev/null) && [ -n "$listed" ] || exit 0
services=" $(printf '%s\n' "$listed" | awk '$2 == "unix" { printf "%s ", $1 }')"
ps -A -o pid= -o args= | while read -r pid name _ service _; do
    case $name-$service in smtp-mtactl-*) ;; *) continue ;; esac
    case $services in *" $service "*) ;; *) kill "$pid" 2>/dev/null ;; esac
done
queue=$(postconf -h queue_directory 2>/dev/null) || exit 0
for file in "$queue"/private/mtactl-* "$queue"/pid/unix.mtactl-*; do
    service=${file##*/}
    case $services in *" ${service#unix.} "*) ;; *) rm -f -- "$file" ;; esac
done
:
