# dma: its settings, its logins, and what waits.

server dma dma /usr/libexec/dma

version_of_dma() { # the package's: dma knows no option that tells
    ask mta.version.dma package dma
}

dma_queued() { # how many messages wait
    find /var/spool/dma -name 'Q*' -type f 2>/dev/null | wc -l
}

dma_facts() {
    command -v dma >/dev/null || [ -e /usr/libexec/dma ] || return 0
    folder=/etc/dma
    [ -d "$folder" ] || folder=/usr/local/etc/dma
    ask dma.folder printf '%s\n' "$folder"
    survey dma.queued dma_queued
    file "$folder/dma.conf"
    auth=
    [ ! -f "$folder/dma.conf" ] || auth=$(sed -n 's/^AUTHPATH[[:blank:]]//p' "$folder/dma.conf" 2>/dev/null | tail -n 1)
    file "${auth:-$folder/auth.conf}"
}
asks dma_facts
