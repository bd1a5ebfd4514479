# In the queue $1, gives envelopes of actions of ours that are not among $3, one line each, to the action $2.
# shellcheck disable=SC2015 # `a && b || continue` is intended
for f in "$1"/*/*/*; do
    case $f in *'*' | */message) continue ;; esac
    a=$(sed -n 's/^dispatcher: \(mtactl-.*\)$/\1/p' "$f" 2>/dev/null) && [ -n "$a" ] || continue
    if printf '%s\n' "$3" | grep -qxF -e "$a"; then continue; fi
    t=$(sed "s|^dispatcher: mtactl-.*|dispatcher: $2|" "$f") && printf '%s\n' "$t" >"$f"
done
:
