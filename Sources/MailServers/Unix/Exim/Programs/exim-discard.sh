# Takes the message $1 out of the queue.
exim4 -Mrm "$1" 2>/dev/null || exim -Mrm "$1"
