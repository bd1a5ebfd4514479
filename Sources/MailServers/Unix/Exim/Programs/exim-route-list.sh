# The route_list that the program $1 has for the router $2.
"$1" -bP router "$2" | grep '^route_list = '
