# How many bytes are in the panic log $1.
if [ -f "$1" ]; then
    wc -c <"$1" | tr -d ' '
else
    echo 0
fi
