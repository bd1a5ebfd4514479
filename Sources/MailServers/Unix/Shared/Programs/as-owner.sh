# as_owner FOLDER word…: runs a program as whom the folder belongs to.
#
# What a mail server's own user may change must not be changed as root, who would follow the links that such a user, or
# whoever has become it, can plant. The group is the user's own, not the folder's, which may be root's.
as_owner() {
    folder=$1
    shift
    # Where that user may be: find must be able to come back.
    cd / || return
    # shellcheck disable=SC2012 # not every find has -printf, nor every host stat
    owner=$(ls -ldn -- "$folder" | awk '/^d/ { print $3 }')
    if [ -z "$owner" ]; then
        echo "$folder is not a folder" >&2
        return 1
    fi
    group=65534
    while IFS=: read -r _ _ user primary _; do
        [ "$user" != "$owner" ] || group=$primary
    done </etc/passwd
    if [ "$owner" = 0 ]; then
        "$@"
    elif setpriv --reuid="$owner" --regid="$group" --clear-groups true 2>/dev/null; then
        setpriv --reuid="$owner" --regid="$group" --clear-groups "$@"
    elif chroot --userspec="$owner:$group" --groups= / true 2>/dev/null; then
        chroot --userspec="$owner:$group" --groups= / "$@"
    elif chroot -u "$owner" -g "$group" -G "$group" / true 2>/dev/null; then
        chroot -u "$owner" -g "$group" -G "$group" / "$@"
    else
        echo "nothing here can run a program as user $owner: setpriv, chroot" >&2
        return 1
    fi
}
