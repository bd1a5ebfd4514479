# Prints the lines that the panic log $1 has beyond the first $2, but for those about one message.
new=
[ ! -f "$1" ] || new=$(grep -avE '^[-0-9]+ [0-9:.]+ ([-+][0-9]+ )?(\[[0-9]+\] )?[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4} ' "$1" | tail -n "+$(($2 + 1))")
echo "${new:-nothing new}"
