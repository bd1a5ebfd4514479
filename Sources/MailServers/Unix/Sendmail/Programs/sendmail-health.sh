# Whether the daemon whose process id is in the file $1 runs.
read -r pid <"$1" && kill -0 "$pid"
