# What the stand-ins on Linux hosts have in common: the place of their Python code, and how programs and units start it.
# shellcheck shell=bash

# standin_python ROOT PACKAGE…
standin_python() {
    local host=$1 package
    shift
    rm -rf "$host/usr/local/lib/stand-in"
    mkdir -p "$host/usr/local/lib/stand-in"
    for package in labmail "$@"; do
        cp -a "$lab/$package" "$host/usr/local/lib/stand-in/"
    done
    find "$host/usr/local/lib/stand-in" -name __pycache__ -prune -exec rm -rf {} +
}

# standin_program PATH MODULE
standin_program() {
    printf '%s\n' '#!/bin/sh' 'export PYTHONPATH=/usr/local/lib/stand-in' "exec python3 -B -m $2 \"\$@\"" >"$1"
    chmod 0755 "$1"
}

# standin_unit ROOT NAME MODULE DESCRIPTION LINE…: a service, with lines for its section.
standin_unit() {
    local host=$1 name=$2 module=$3 description=$4
    shift 4
    printf '%s\n' '[Unit]' "Description=$description" 'After=network-online.target' '[Service]' \
        'Environment=PYTHONPATH=/usr/local/lib/stand-in' "$@" "ExecStart=/usr/bin/python3 -B -m $module" \
        '[Install]' 'WantedBy=multi-user.target' >"$host/etc/systemd/system/$name.service"
    ln -sf "/etc/systemd/system/$name.service" "$host/etc/systemd/system/multi-user.target.wants/$name.service"
}
