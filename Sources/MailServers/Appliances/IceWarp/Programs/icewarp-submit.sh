# shellcheck disable=SC3003,SC3025,SC3045 # it is bash that runs this
# Hands the message on standard input to the mail server at port $1 of this host, from $2 to $3: RFC 5321. There is no
# program of IceWarp's that takes one.
heard() {
    while IFS= read -r -t 50 line <&4; do
        line=${line%$'\r'}
        case $line in
            [0-9][0-9][0-9]-*) continue ;;
            "$1"*) return ;;
        esac
        printf "%s\n" "$line" >&2
        exit 1
    done
    echo "port $port gave no answer" >&2
    exit 1
}
said() {
    printf "%s\r\n" "$1" >&4
    heard "$2"
}
trap "" PIPE
port=$1
if ! { exec 4<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null; then
    echo "nobody listens at port $1" >&2
    exit 1
fi
heard 220
said "EHLO localhost" 250
said "MAIL FROM:<$2>" 250
said "RCPT TO:<$3>" 25
said DATA 354
while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    case $line in .*) line=.$line ;; esac
    printf "%s\r\n" "$line" >&4
done
said . 250
said QUIT 221
