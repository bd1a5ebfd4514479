# As exim-staged-file.sh, where $4 are the staged files of /etc/exim4.
#
# update-exim4.conf(8) takes another folder with -d, and with -o leaves its own check out; what is not staged comes from
# /etc/exim4.
# shellcheck disable=SC2034 # exim-ways.sh reads them
d=$1 exim=$2 folder=$3 changed=$4
shift 4
cp -a /etc/exim4 "$d/etc" || exit
for f in $changed; do
    to=$d/etc/${f#/etc/exim4/}
    rm -f "$to"
    [ ! -e "$d/${f##*/}" ] || cp "$d/${f##*/}" "$to" || exit
done
update-exim4.conf -d "$d/etc" -o "$d/config" || exit
