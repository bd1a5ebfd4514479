# Settings: values that a program of the host reads and writes. Their bytes are in files of the run's folder alone,
# never in a variable or an argument of ours: not every shell has printf built in.

# setting NAME HASH|any plain|secret COUNT word… word…: backs up the value that the first COUNT words print, which is
# to have this hash; the words after them write one that they find on their standard input. Else sets code and why.
#
# Of a setting are kept besides what is kept of a file: reads_ and writes_ (the words, quoted), secrecy_.
setting() {
    number "$1"
    eval "found=\$found_$i"
    why="$1 is listed twice"
    [ -z "$found" ] || return
    name=$1 expected=$2 secrecy=$3 left=$4 reading=''
    shift 4
    while [ "$left" -gt 0 ]; do
        quoted "$1"
        reading=$reading$quoted
        shift
        left=$((left - 1))
    done
    quoted "$@"
    eval "role_$i=setting reads_$i=\$reading writes_$i=\$quoted secrecy_$i=\$secrecy"
    journal "backing up $name" && read_setting "$i" "$run/files/$i" && checksum "$run/files/$i" || return
    if [ "$expected" != any ] && [ "$sha" != "$expected" ]; then
        code=moved why="$name is not what it was"
        return 1
    fi
    eval "found_$i=\$sha"
    record "setting $i $sha $name" && record "reads $i$reading" && record "writes $i$quoted" || return
    [ "$secrecy" = plain ] || record "secret $i"
}

# assign NAME BYTES: keeps the payload as what the setting is to become.
assign() {
    number "$1"
    eval "found=\$found_$i role=\$role_$i"
    code=backup why="$1 was not backed up"
    [ "$role" = setting ] && [ -n "$found" ] && journal "staging $1" && take_to "$run/new.$i" &&
        checksum "$run/new.$i" && record "asked $i value $sha" || return
    eval "asked_$i=\$sha"
    order="$order $i"
}

# put_setting NUMBER: gives a setting its new value; else sets code and why.
#
# What was started and not done is put back whatever is found then: a program that fails may have written anything.
put_setting() {
    awaited && as_read "$1" || return
    eval "asked=\$asked_$1"
    journal "setting $1 $name" && flush "$run/journal" && write_setting "$1" "$run/new.$1" &&
        read_setting "$1" "$run/present" && checksum "$run/present" || return
    why="$name: the value read back is not the value written"
    [ "$sha" = "$asked" ] && journal "set $1 $name" || return
    say step "set $name"
}

# as_read NUMBER: whether the setting is what was backed up; else sets code and why. Sets name.
as_read() {
    code=setting
    eval "name=\$path_$1 found=\$found_$1"
    read_setting "$1" "$run/present" && checksum "$run/present" || return
    [ "$sha" = "$found" ] && return
    code=moved why="$name is not what it was"
    return 1
}

# read_setting NUMBER FILE: what its program prints, into the file; else sets why.
read_setting() {
    eval "words=\$reads_$1"
    { eval "$limit $words"; } >"$2" 2>"$run/errors" </dev/null 3<&- && return
    set -- $? "$1"
    true >"$run/output"
    program_failed "$@" "could not be read"
}

# write_setting NUMBER FILE: hands the file to its program; else sets why.
write_setting() {
    eval "words=\$writes_$1"
    { eval "$limit $words"; } <"$2" >"$run/output" 2>"$run/errors" 3<&- && return
    program_failed $? "$1" "could not be written"
}

# program_failed STATUS NUMBER WORDS: sets why; to what the program printed, too, where no secret can be in it. Fails.
program_failed() {
    eval "why=\"\$path_$2 $3: its program ended with $1\" secrecy=\$secrecy_$2"
    if [ "$secrecy" = plain ]; then
        words=$why
        printed
        why="$words: $why"
    fi
    return 1
}
