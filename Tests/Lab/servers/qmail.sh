# A stand-in for qmail (qmail/qmail.py), which Debian does not have, with real multilog (and svlogd), as notqmail is installed. `qmail` is a
# stock build; `qmail_auth` is patched for TLS and logins and logs through syslog.
# shellcheck shell=bash

qmail_packages="python3 daemontools runit"

qmail_identity() { install_qmail "$1" "$2" no 'setuidgid qmaill multilog t s16777215 n10 /var/log/qmail'; }
qmail_auth_identity() { install_qmail "$1" "$2" yes /var/qmail/bin/splogger; }

# install_qmail ROOT FQDN PATCHED LOGGER
install_qmail() {
    local host=$1 fqdn=$2 patched=$3 logger=$4 home=$1/var/qmail user program words=''
    [[ $patched == no ]] || words='control/authsenders control/tlshosts STARTTLS proto= AUTH LOGIN AUTH PLAIN'
    chroot "$host" groupadd --system nofiles
    chroot "$host" groupadd --system qmail
    for user in alias qmaild qmaill qmailp; do
        chroot "$host" useradd --system --gid nofiles --home /var/qmail --shell /bin/true "$user"
    done
    for user in qmailq qmailr qmails; do
        chroot "$host" useradd --system --gid qmail --home /var/qmail --shell /bin/true "$user"
    done
    mkdir -p "$home"/{alias,bin,control,queue/{lock,todo,{info,local,mess,remote}/{0..22}}} \
        "$host/usr/local/lib/qmail" "$host/var/log/qmail"
    cp "$lab/servers/qmail/qmail.py" "$host/usr/local/lib/qmail/"
    for program in qmail-inject qmail-qstat qmail-remote qmail-send qmail-showctl sendmail splogger; do
        # A build is recognised by these words.
        printf '%s\n' '#!/usr/bin/python3 -B' "# $words" 'import sys' 'sys.path.insert(0, "/usr/local/lib/qmail")' \
            'import qmail' "qmail.main(\"$program\", patched=\"$patched\" == \"yes\")" >"$home/bin/$program"
    done
    echo '# 214 notqmail home page: https://notqmail.org' >"$home/bin/qmail-smtpd"
    chmod 0755 "$home"/bin/*
    # Anybody's sendmail puts messages into the queue; the stand-in has no program of qmailq's to do it.
    chmod 1777 "$home/queue" "$home/queue/todo"
    chmod 1777 "$home"/queue/mess/*
    echo "$fqdn" >"$home/control/me"
    printf '%s\n' "$fqdn" localhost >"$home/control/locals"
    printf '%s\n' "$fqdn" localhost >"$home/control/rcpthosts"
    chroot "$host" chown -R root:qmail /var/qmail/control
    chroot "$host" chown qmaill:nofiles /var/log/qmail
    ln -sf /var/qmail/bin/sendmail "$host/usr/sbin/sendmail"
    printf '%s\n' '[Unit]' 'Description=qmail' '[Service]' \
        "ExecStart=/bin/sh -c 'exec /var/qmail/bin/qmail-send | exec $logger'" \
        '[Install]' 'WantedBy=multi-user.target' >"$host/etc/systemd/system/qmail.service"
    ln -sf /etc/systemd/system/qmail.service "$host/etc/systemd/system/multi-user.target.wants/qmail.service"
}

qmail_is_ready() { [[ -e $1/var/qmail/queue/lock/trigger ]]; }
qmail_auth_is_ready() { qmail_is_ready "$1"; }
