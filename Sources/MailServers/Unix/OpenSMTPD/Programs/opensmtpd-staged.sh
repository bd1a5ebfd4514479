# OpenSMTPD's own check of what is staged in the folder $1: smtpd.conf $2, a copy of which names the staged table $3.
c="$1/${2##*/}"
sed "s|file:$3|file:$1/${3##*/}|" "$c" >"$1/.staged" && exec smtpd -n -f "$1/.staged"
