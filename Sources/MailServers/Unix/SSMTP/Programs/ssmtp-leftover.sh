# Takes a message of ours from the end of dead.letter of root, where sSMTP has put what it could not send.
f=~root/dead.letter
case $(tail -n 1 "$f" 2>/dev/null) in 'It was sent by mtactl, '*) ;; *) exit 0 ;; esac
n=$(($(wc -l <"$f") - 4))
[ "$n" -gt 0 ] || exec rm -f "$f"
t=$(head -n "$n" "$f" && echo x) && printf '%s' "${t%x}" >"$f"
