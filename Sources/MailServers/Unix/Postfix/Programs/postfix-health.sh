# `postfix status` without its ten processes, where the daemon runs: daemon_directory $1, queue_directory $2.
{
    read -r pid <"$2/pid/master.pid" && read -r name <"/proc/$pid/comm"
} 2>/dev/null && [ "$name" = master ] && exit
words=$("$1/master" -t 2>&1) || [ -n "$words" ] || exit 0
exec postfix status
