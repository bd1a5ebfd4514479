# One host: a Debian root under an overlay in memory, with an identity of its own, booted by its own systemd.
# shellcheck shell=bash

# Everything of a host is here, in memory, while the lab runs. Its root is made of layers: the Debian root, what all
# hosts of that root have in common, `seed` (its identity), `live` (what changed since it booted).
state=/run/state
control_group=/sys/fs/cgroup/$lab_name

ops_password='two words, "quotes" & a $'

# over LOWER FOLDER: mounts LOWER at FOLDER/merged; changes go to FOLDER/upper.
over() {
    mkdir -p "$2/upper" "$2/work" "$2/merged"
    mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/merged"
}

# Adds what all hosts of one root have in common and that is new at each `up`: the lab's certificate authority.
make_common_layer() {
    local folder=$state/.$1
    over "$(root_folder "$1")" "$folder"
    cp "$run/tls/ca.pem" "$folder/merged/usr/local/share/ca-certificates/mtactl-lab.crt"
    chroot "$folder/merged" update-ca-certificates >>"$run/log/$1" 2>&1
    # A user who gets mail.
    grep -q '^alice:' "$folder/merged/etc/passwd" || chroot "$folder/merged" useradd --create-home alice
    [[ ! -e $folder/merged/usr/bin/doas ]] || make_users "$folder/merged"
    umount "$folder/merged"
}

# make_users ROOT: who becomes root with sudo and its password (ops), sudo without (opsnp), doas (doasop).
make_users() {
    local user
    for user in ops opsnp doasop; do
        chroot "$1" useradd --create-home --shell /bin/bash "$user"
    done
    chroot "$1" chpasswd <<<"ops:$ops_password"
    printf '%s\n' 'ops ALL=(ALL:ALL) ALL' 'opsnp ALL=(ALL:ALL) NOPASSWD: ALL' >"$1/etc/sudoers.d/lab"
    chmod 0440 "$1/etc/sudoers.d/lab"
    echo 'permit nopass doasop' >"$1/etc/doas.conf"
}

# give_key ROOT USER: lets the lab's key log in.
give_key() {
    local home
    home=$1$(awk -F: -v user="$2" '$1 == user { print $6 }' "$1/etc/passwd")
    install -d -m 0700 "$home/.ssh"
    install -m 0600 "$run/id_ed25519.pub" "$home/.ssh/authorized_keys"
    chown -R --reference="$home" "$home/.ssh"
}

# make_host NAME ROOT ADDRESS FQDN [SERVER]: gives the host its identity: Debian's files with the names that the installer
# asks for, then what the server's file in servers/ does with them.
make_host() {
    local name=$1 root=$2 address=$3 fqdn=$4 host=$state/$1/seed/merged user server
    server=${5:-$(server_of_root "$root")}
    over "$state/.$root/upper:$(root_folder "$root")" "$state/$name/seed"
    tr -d - </proc/sys/kernel/random/uuid >"$host/etc/machine-id"
    echo "${fqdn%%.*}" >"$host/etc/hostname"
    echo "$fqdn" >"$host/etc/mailname"
    printf '%s\t%s\n' 127.0.0.1 localhost "$address" "$fqdn ${fqdn%%.*}" "::1" "localhost ip6-localhost" \
        >"$host/etc/hosts"
    printf 'search %s\nnameserver %s\n' "$domain" "$gateway" >"$host/etc/resolv.conf"
    ask_server "$server" identity "$host" "$fqdn"

    make_host_keys "$name" "$address"
    cp -p "$run/hosts/$name"/ssh_host_* "$host/etc/ssh/"
    # The last one is for Windows hosts, where other users have passwords (servers/windows.sh).
    for user in root ops opsnp doasop Administrator; do
        ! grep -q "^$user:" "$host/etc/passwd" || give_key "$host" "$user"
    done
    umount "$host"
}

# made_host NAME FOLDER: writes a host's root to a folder, not booted, so that its answers can be recorded.
made_host() {
    local name=$1 folder=$2 root fqdn server
    read -r _ root _ fqdn server < <(rows "$lab/hosts" | awk -v name="$name" '$1 == name') ||
        die "no host $name" "the names are in $lab/hosts"
    make_roots "$root"
    mkdir "$folder"
    cp -a "$(root_folder "$root")/." "$folder"
    printf '%s\n' "$fqdn" >"$folder/etc/mailname"
    printf '127.0.0.1 localhost\n127.0.1.1 %s %s\n' "$fqdn" "${fqdn%%.*}" >"$folder/etc/hosts"
    ask_server "${server:-$(server_of_root "$root")}" identity "$folder" "$fqdn"
}

# Boots a host in a control group of its own: nspawns that share one get in each other's way. `_binds HOST` of its server says which
# folders it shares with others.
boot_host() {
    local name=$1 root=$2 fqdn=$4 group=$control_group/$1
    local -a binds
    mapfile -t binds < <(ask_server "${5:-$(server_of_root "$root")}" binds "$name")
    over "$state/$name/seed/upper:$state/.$root/upper:$(root_folder "$root")" "$state/$name/live"
    mkdir "$group"
    (
        echo "$BASHPID" >"$group/cgroup.procs"
        exec setsid systemd-nspawn --quiet --boot --register=no --keep-unit --resolv-conf=off --timezone=off \
            --link-journal=no --console=read-only --network-namespace-path="/run/netns/$name" \
            --machine="$name" --hostname="${fqdn%%.*}" "${binds[@]}" --directory="$state/$name/live/merged"
    ) </dev/null >>"$run/log/$name" 2>&1 4>&- &
    echo $! >"$state/$name/nspawn"
}

# The process id of a host's systemd, in the lab's process namespace.
leader() {
    local nspawn child
    nspawn=$(<"$state/$1/nspawn")
    # Not `pgrep`, which would look at all processes of all hosts.
    read -r child _ <"/proc/$nspawn/task/$nspawn/children"
    echo "$child"
}

# on HOST COMMAND…: runs a command on a host without ssh.
on() {
    local name=$1
    shift
    nsenter --target="$(leader "$name")" --all env -i LC_ALL=C TERM="${TERM:-dumb}" HOME=/root \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# Ends a host as a power cut would, with every process in it.
cut_power() {
    local group=$control_group/$1
    echo 1 >"$group/cgroup.kill"
    until grep -qx 'populated 0' "$group/cgroup.events"; do
        sleep 0.02
    done
    find "$group" -depth -type d -exec rmdir {} \;
    umount "$state/$1/live/merged"
    # From systemd 257 on, nspawn shares a folder with the host there, and does not start where it is still mounted.
    ! mountpoint -q "/run/systemd/nspawn/unix-export/$1" || umount "/run/systemd/nspawn/unix-export/$1"
}

# Ends a host and forgets what changed since it booted.
stop_host() {
    cut_power "$1"
    rm -rf "$state/$1/live"
}

# Cuts the power of a host and boots it with what is on its disk.
reboot_host() {
    cut_power "$1"
    boot_host "$@"
    await_host "$@"
}

# Waits until everything that a host starts at boot has started; then sshd and the mail server have to be there.
await_host() {
    local name=$1 address=$3 server=${5:-$(server_of_root "$2")} state_of_boot banner
    until state_of_boot=$(on "$name" systemctl is-system-running --wait 2>/dev/null) ||
        [[ $state_of_boot == degraded ]]; do
        kill -0 "$(cat "$state/$name/nspawn")" 2>/dev/null || die "$name ended while booting: $(tail -n 3 "$run/log/$name")"
        sleep 0.1
    done
    [[ $state_of_boot == running ]] || on "$name" systemctl --failed --no-legend >&2
    until read -r -t 5 banner <"/dev/tcp/$address/22" && [[ $banner == SSH-* ]]; do
        sleep 0.1
    done 2>/dev/null
    until ask_server "$server" is_ready "$state/$name/live/merged"; do
        sleep 0.1
    done
}

# What `lab tree` prints: seen through the host's own mounts, /tmp and /run included.
tree_of() {
    /usr/bin/python3 "$lab/tree.py" "/proc/$(leader "$1")/root"
    ! on "$1" sh -c 'test -e /etc/windows.json || test -e /opt/kerio/mailserver/mailserver.cfg' || on "$1" stand-in tree
}
