# Tries the message $1 of the queue again at once, whatever its time for that: exim(8), -M.
exim4 -M "$1" 2>/dev/null || exim -M "$1"
