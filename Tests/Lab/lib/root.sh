# Debian roots from the machine's own package sources, cached by a hash of their recipe.
# shellcheck shell=bash

# This machine's entries for its own Debian release, for another release. Both source formats become one-line
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

# The folder of a root in the cache, whether it is there or not.
root_folder() {
    local recipe
    recipe=$(recipe_of "$1" | sha256sum)
    printf '%s/%s-%s' "$cache" "$1" "${recipe:0:12}"
}

# Makes a root unless it is cached. It is built under a temporary name: a build that is killed leaves no half root, and
# what it leaves the next build clears away.
make_root() {
    local name=$1 folder suite server extra new
    folder=$(root_folder "$name")
    mkdir -p "$cache"
    exec 7>"$cache/.lock-$name"
    flock 7
    [[ ! -d $folder ]] || return 0
    rm -rf --one-file-system "$cache/.new-$name-"?????? "$cache/.new-$name-"??????.{list,apt}
    read -r _ suite server extra < <(rows "$lab/roots" | awk -v name="$name" '$1 == name')
    new=$(mktemp -d "$cache/.new-$name-XXXXXX")
    # shellcheck disable=SC2064
    trap "rm -rf --one-file-system '$new' '$new.list' '$new.apt'" EXIT
    debian_sources "$suite" >"$new.list"
    [[ -s $new.list ]] || die "this machine's package sources have no entry for its own Debian release" \
        "the lab is made from /etc/apt/sources.list and sources.list.d"
    apt-config dump Acquire | grep -E '^Acquire::(Check-|https?::Proxy)' >"$new.apt" || true

    debian_root "$new" "$suite" "$server" "$new.list" "$new.apt" "$extra"
    mv -T "$new" "$folder"
    # A lab that is up may stand on an older one.
    ! machine_is_free --nonblock ||
        find "$cache" -mindepth 1 -maxdepth 1 -name "$name-????????????" ! -path "$folder" -exec rm -rf {} +
}

# Makes the roots named, at most two at the same time.
make_roots() {
    local name
    local -a missing=()
    for name; do
        [[ -d $(root_folder "$name") ]] || missing+=("$name")
    done
    ((${#missing[@]})) || return 0
    printf 'lab: making %s from Debian packages, once\n' "${missing[*]}" >&2
    # mmdebstrap mounts /proc and /sys in the root: a killed one must not leave them on the machine.
    printf '%s\0' "${missing[@]}" | xargs -0 -n 1 -P 2 unshare --mount "$lab/lab" .root
}
