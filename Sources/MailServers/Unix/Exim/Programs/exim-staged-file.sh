# The folder $1, the program $2, where lookup files are $3, the configuration file $4; then senders and recipients in
# turn. Leaves the configuration in config. Comes before exim-ways.sh.
# shellcheck disable=SC2034 # exim-ways.sh reads them
d=$1 exim=$2 folder=$3 main=$4
shift 4
cp "$d/${main##*/}" "$d/config" || exit
