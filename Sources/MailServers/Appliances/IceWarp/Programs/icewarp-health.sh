# shellcheck disable=SC3025 # it is bash that runs this
# Whether somebody listens at port $1 of this host; a module that was just restarted takes a moment.
for wait in 0 1 1 1 2 2 3 5 5 10; do
    sleep "$wait"
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && exit
done
echo "nobody listens at port $1" >&2
exit 1
