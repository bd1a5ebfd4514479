# Debian roots from the machine's own package sources, cached by a hash of their recipe.
# shellcheck shell=bash

# Rewrites this machine's entries for its own Debian release for another release. Both source formats become one-line
# entries; entries of other vendors are left out.
debian_sources() {
    local suite=$1 codename
    codename=$(. /etc/os-release && printf %s "$VERSION_CODENAME")
    # shellcheck disable=SC2016
    find /etc/apt -maxdepth 2 -type f \
        \( -path /etc/apt/sources.list -o -path '*.list.d/*.list' -o -path '*.list.d/*.sources' \) \
        -exec awk 1 {} \; -exec echo \; | awk -v from="$codename" -v to="$suite" '
        function entry(uri, suite, components) {
            if (suite !~ "^" from "(-updates|-security)?/?$") return
            sub("^" from, to, suite)
            line = "deb " uri " " suite " " components
            if (!(line in seen)) print line
            seen[line]
        }
        function stanza(  u, s, i, j) {
            if (types ~ /deb( |$)/) {
                split(uris, u, " "); split(suites, s, " ")
                for (i in u) for (j in s) entry(u[i], s[j], components)
            }
            types = uris = suites = components = ""
        }
        /^deb / { gsub(/\[[^]]*\]/, ""); n = $2; m = $3; $1 = $2 = $3 = ""; entry(n, m, $0); next }
        /^Types:/ { types = $0; sub(/^Types:/, "", types) }
        /^URIs:/ { uris = $0; sub(/^URIs:/, "", uris) }
        /^Suites:/ { suites = $0; sub(/^Suites:/, "", suites) }
        /^Components:/ { components = $0; sub(/^Components:/, "", components); sub(/^ +/, "", components) }
        /^$/ || /^#$/ { stanza() }
        END { stanza() }'
}

# cached NAME RECIPE: its path in the cache, whether it exists or not.
cached() {
    local recipe
    recipe=$(sha256sum <<<"$2")
    printf '%s/%s-%s' "$cache" "$1" "${recipe:0:12}"
}

root_folder() { cached "$1" "$(recipe_of "$1")"; }
base_folder() { cached "base-$1" "$(base_recipe_of "$1")"; }

# make NAME FOLDER COMMAND…: calls COMMAND with a new path, unless the folder is cached. It is made under a temporary
# name, so a build that is killed leaves nothing half-made in the cache; the next build removes what it left.
make() {
    local name=$1 folder=$2 new
    shift 2
    mkdir -p "$cache"
    exec 7>"$cache/.lock-$name"
    flock 7
    [[ ! -d $folder ]] || return 0
    rm -rf --one-file-system "$cache/.new-$name-"?????? "$cache/.new-$name-"??????.{list,apt,log}
    new=$(mktemp -d "$cache/.new-$name-XXXXXX")
    # shellcheck disable=SC2064
    trap "rm -rf --one-file-system '$new' '$new.list' '$new.apt' '$new.log'" EXIT
    # Never empty: mmdebstrap 1.5 complains of a file of options that does not end with a line break.
    { echo; apt-config dump Acquire | grep -E '^Acquire::(Check-|https?::Proxy)'; } >"$new.apt" || true

    "$@" "$new"
    mv -T "$new" "$folder"
    # A lab that is up may use an older one.
    ! machine_is_free --nonblock ||
        find "$cache" -mindepth 1 -maxdepth 1 -name "$name-????????????" ! -path "$folder" -exec rm -rf {} +
}

make_base() { make "base-$1" "$(base_folder "$1")" build_base "$1"; }
make_root() { make "$1" "$(root_folder "$1")" build_root "$1"; }

# build_base SUITE FOLDER
build_base() {
    debian_sources "$1" >"$2.list"
    [[ -s $2.list ]] || die "this machine's package sources have no entry for its own Debian release" \
        "the lab is made from /etc/apt/sources.list and sources.list.d"
    debian_base "$2" "$1" "$2.list" "$2.apt"
}

# build_root ROOT FOLDER
build_root() {
    local suite server extra
    read -r _ suite server extra < <(rows "$lab/roots" | awk -v name="$1" '$1 == name')
    cp -a --reflink=auto "$(base_folder "$suite")/." "$2"
    debian_server "$2" "$server" "$2.apt" "$extra"
}

# make_roots ROOT…: at most two at the same time.
make_roots() {
    local name
    local -a missing=() suites
    for name; do
        [[ -d $(root_folder "$name") ]] || missing+=("$name")
    done
    ((${#missing[@]})) || return 0
    printf 'lab: making %s from Debian packages, once\n' "${missing[*]}" >&2
    mapfile -t suites < <(for name in "${missing[@]}"; do suite_of_root "$name"; done | sort -u)
    two_at_a_time .base "${suites[@]}"
    two_at_a_time .root "${missing[@]}"
}

# two_at_a_time VERB NAME…: runs each in a mount namespace, so that a killed one leaves no /proc or /sys mounted.
two_at_a_time() {
    printf '%s\0' "${@:2}" | xargs -0 -n 1 -P 2 unshare --mount "$lab/lab" "$1"
}
