# IceWarp: where it is, and what decides which way its mail leaves. What it answers for the relay has its password in it.

# shellcheck disable=SC2016 # what is in single quotes is for another shell

panel icewarp /opt/icewarp /etc/icewarp/icewarp.conf

asks ask_icewarp

# As in Programs/icewarp-read.sh, on one line.
icewarp_read='v=$("$1" display system "$2" 2>/dev/null) || exit 1; v=$(printf "%s\n" "$v" | tr -d "\r"); case $v in *": "*) v=${v#*: } ;; *:) v= ;; *) exit 1 ;; esac; printf "%s\n" "$v"'

# find_icewarp: sets icewarp_home.
#
# Source: /etc/icewarp/icewarp.conf, which the installer writes: IWS_INSTALL_DIR="/opt/icewarp".
find_icewarp() {
    icewarp_home=/opt/icewarp
    while IFS='=' read -r name value; do
        value=${value#\"}
        value=${value%\"}
        case $name-$value in IWS_INSTALL_DIR-/?*) icewarp_home=${value%/} ;; esac
    done 2>/dev/null </etc/icewarp/icewarp.conf
}

# ask_icewarp_for KEY NAME: the value of one of its variables.
ask_icewarp_for() {
    ask "icewarp.$1" sh -c "$icewarp_read" sh "$icewarp_home/tool.sh" "$2"
}

ask_icewarp() {
    find_icewarp
    [ -x "$icewarp_home/tool.sh" ] || return 0
    answer icewarp.home "$icewarp_home"
    ask_icewarp_for version C_Version
    ask_icewarp_for relay C_Mail_SMTP_General_RelayMailServer
    ask_icewarp_for mode C_Mail_SMTP_General_DeliveryMode
    ask_icewarp_for fallback C_Mail_SMTP_Delivery_MXReconnectFailure
    ask_icewarp_for tls C_Mail_SMTP_Delivery_UseTLSSSL
    ask_icewarp_for port C_System_Services_SMTP_Port
    ask_icewarp_for logging C_System_Log_Services_SMTP
    ask_icewarp_for logs C_System_Storage_Dir_LogPath
    # Their own bytes are not read: there may be logins in them.
    [ ! -s "$icewarp_home/config/redirect.dat" ] ||
        tell icewarp.routes grep -c '^[^#;=][^=]*=.' "$icewarp_home/config/redirect.dat"
    survey icewarp.queued sh -c 'find "$1/mail/_outgoing" -type f | wc -l' sh "$icewarp_home"
}
