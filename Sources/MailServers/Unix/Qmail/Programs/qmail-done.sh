# Of message $3 in the queue $1 marks the recipients on the list $2 as done, where it is a message of ours: a number
# is soon another message's.
# shellcheck disable=SC2015 # `a && b || continue` is intended
for mess in "$1"/mess/*/"$3"; do
    grep -q '^Subject: mtactl test message ' "$mess" 2>/dev/null || continue
    for todo in "$1/$2"/*/"$3"; do
        [ -f "$todo" ] && [ "$(head -c 1 "$todo")" = T ] || continue
        printf D | dd of="$todo" bs=1 count=1 conv=notrunc 2>/dev/null
    done
done
:
