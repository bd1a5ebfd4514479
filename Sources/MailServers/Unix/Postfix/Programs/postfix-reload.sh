# Has the master read its files again, as `postfix reload` ends with: master(8), SIGHUP. Without the nine programs before
# that, and the walk through the whole queue beside it (postsuper, in postfix-script of Postfix 3.7 to 3.11), which
# takes minutes where much mail waits. queue_directory $1.
{
    read -r pid <"$1/pid/master.pid" && read -r name <"/proc/$pid/comm"
} 2>/dev/null && [ "$name" = master ] && kill -HUP "$pid" && exit
exec postfix reload
