# Whether qmail-send runs.
# shellcheck disable=SC2009 # not everywhere is a pgrep
ps -A -o comm= | grep -q '^qmail-send'
