# Prints the value of the variable $2, which the tool $1 prints as `VARIABLE: value`, perhaps with a carriage return.
# Shells without a printf of their own, whose arguments others could see, are on no system that IceWarp is made for.
v=$("$1" display system "$2" 2>/dev/null) || exit 1
v=$(printf "%s\n" "$v" | tr -d "\r")
case $v in *": "*) v=${v#*: } ;; *:) v= ;; *) exit 1 ;; esac
printf "%s\n" "$v"
