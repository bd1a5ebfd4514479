# Builds the index of kind $1 of the table $2.
# shellcheck disable=SC2094 # what it writes is $2 with a suffix
makemap "$1" "$2" <"$2"
