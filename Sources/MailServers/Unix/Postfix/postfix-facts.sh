# Postfix: what it says of itself, the files that a plan edits, and the tables that decide in addition to ours.
# Reads only: `postfix check` and `postfix status` write (queue files, log lines), so neither is used here.

# shellcheck disable=SC2086,SC2154 # names are to be split; newline, daemons, path are of facts.sh

server postfix postconf
marked postfix postdrop

postfix_split() { # sets postfix_NAME to the value of each setting in $values
    # Line by line: to cut one name out of the whole text takes a shell as long as the square of what is before it.
    set -f
    IFS=$newline
    for line in $values; do
        name=${line%% =*} value=${line#* =}
        case $name in '' | *[!a-z0-9_]*) continue ;; esac
        eval "postfix_$name=\${value# }"
    done
    unset IFS
    set +f
}

postfix_value() { # NAME: sets value; empty where this Postfix knows no such setting
    eval "value=\${postfix_$1-}"
}

postfix_plugins() { # SASL mechanisms: names of the libraries that are there, one a line
    for f in /usr/lib/*/sasl2/lib*.so /usr/lib/sasl2/lib*.so /usr/lib64/sasl2/lib*.so /usr/local/lib/sasl2/lib*.so; do
        [ -e "$f" ] && printf '%s\n' "${f##*/}"
    done
    return 0
}

postfix_bundles() { # CA bundles that are there, the platform's own first
    for f in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /var/lib/ca-certificates/ca-bundle.pem \
        /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem /usr/local/share/certs/ca-root-nss.crt; do
        [ -s "$f" ] && printf '%s\n' "$f"
    done
    return 0
}

postfix_queued() { # how many messages are in the queue, without asking a daemon
    find "$1/maildrop" "$1/hold" "$1/incoming" "$1/active" "$1/deferred" -type f 2>/dev/null | wc -l
}

postfix_rules() { # FACILITY: the files that the rules of a syslog daemon name for it, one a line
    cat /etc/rsyslog.conf /etc/rsyslog.d/*.conf /etc/syslog.conf 2>/dev/null | awk -v facility="$1" '
        /^[ \t]*#/ || NF < 2 { next }
        { path = $2; sub(/^-/, "", path); sub(/;.*/, "", path) }
        path !~ /^\// || index($1, facility ".none") { next }
        $1 ~ ("(^|[,;])" facility "[.,]") { print path; next }
        $1 ~ /(^|;)\*\./ { others[++n] = path }
        END { for (i = 1; i <= n; i++) print others[i] }'
}

postfix_syslog() { # FACILITY QUEUE: the log of a syslog daemon that runs, else `journal`
    case $daemons in
    *syslog*)
        for f in $(postfix_rules "$1") /var/log/mail.log /var/log/maillog /var/log/mail /var/log/messages; do
            # What has had no line since Postfix was started is no log of it: it says so when it starts.
            [ -f "$f" ] && [ -z "$(find "$2/pid/master.pid" -newer "$f" 2>/dev/null)" ] &&
                printf '%s\n' "$f" && return 0
        done
        ;;
    esac
    [ -e /proc/self/comm ] || { [ -f /var/log/maillog ] && echo /var/log/maillog && return 0; }
    command -v journalctl >/dev/null 2>&1 && echo journal
    return 0
}

postfix_login() { # the user name towards the relay host of today; the password stays on the host
    postfix_value relayhost
    relay=$value host=${value#\[}
    postfix_value smtp_sasl_auth_enable
    [ -n "$relay" ] && [ "$value" = yes ] || return 0
    postfix_value smtp_sasl_password_maps
    for table in $(printf '%s\n' "$value" | tr ', ' '[\n*]'); do
        case "$table" in
        hash:/* | lmdb:/* | cdb:/* | btree:/* | texthash:/*)
            for key in "${host%%\]*}" "$relay"; do
                found=$(postmap -q "$key" "$table" 2>/dev/null) && printf '%s\n' "${found%%:*}" && return 0
            done
            ;;
        esac
    done
    return 0
}

postfix_tables() { # sets tables: the files behind the lists of tables that decide a route, one a line
    tables=
    for name in transport_maps sender_dependent_default_transport_maps sender_dependent_relayhost_maps \
        sender_canonical_maps mydestination virtual_mailbox_domains virtual_alias_domains relay_domains header_checks \
        smtpd_sender_restrictions smtpd_client_restrictions smtpd_recipient_restrictions smtpd_relay_restrictions; do
        postfix_value "$name"
        IFS=' ,{}'
        for table in $value; do
            table=${table#proxy:}
            case $table in
            hash:/* | btree:/* | lmdb:/* | cdb:/* | texthash:/* | regexp:/* | pcre:/*)
                tables=$tables${table#*:}$newline
                ;;
            /*) tables=$tables$table$newline ;;
            esac
        done
        unset IFS
    done
}

postfix_running() { # QUEUE: fails while a master runs, as `master -t` does, by the file that holds its lock: master(8)
    if [ ! -r "$1/pid/master.pid" ]; then
        # Not there; or not for us to know, as we are not root.
        [ -x "$1/pid" ] && [ ! -e "$1/pid/master.pid" ] || return 2
        return 0
    fi
    read -r pid <"$1/pid/master.pid" && read -r name <"/proc/$pid/comm" || return 0
    [ "$name" != master ]
}

postfix_facts() {
    command -v postconf >/dev/null || return 0
    # One process for all of them: postconf takes some ms to read both files, and hosts are busy. It also says what it
    # cannot read in either.
    set -- config_directory daemon_directory default_database_type maillog_file mail_version multi_instance_directories \
        sendmail_path queue_directory mydestination virtual_mailbox_domains virtual_alias_domains relay_domains \
        parent_domain_matches_subdomains content_filter default_transport relayhost smtp_tls_security_level \
        smtp_tls_CAfile smtputf8_enable smtp_sasl_auth_enable smtp_sasl_mechanism_filter smtp_sasl_password_maps \
        transport_maps sender_dependent_default_transport_maps sender_dependent_relayhost_maps sender_canonical_maps \
        sender_canonical_classes myorigin myhostname syslog_facility inet_protocols \
        default_destination_rate_delay default_transport_rate_delay relay_transport local_transport virtual_transport \
        empty_address_default_transport_maps_lookup_key empty_address_relayhost_maps_lookup_key header_checks \
        always_bcc sender_bcc_maps recipient_bcc_maps smtpd_milters non_smtpd_milters smtp_tls_wrappermode \
        smtp_use_tls smtp_enforce_tls smtp_tls_policy_maps smtp_tls_connection_reuse smtp_bind_address \
        smtp_bind_address6 smtp_helo_name smtp_sender_dependent_authentication smtp_generic_maps smtp_header_checks \
        smtp_mime_header_checks smtp_body_checks disable_dns_lookups smtp_dns_support_level smtp_host_lookup \
        smtpd_client_restrictions smtpd_helo_restrictions smtpd_sender_restrictions smtpd_relay_restrictions \
        smtpd_recipient_restrictions smtpd_data_restrictions
    if values=$(postconf -x "$@" 2>/dev/null); then
        answer postfix.values "$values"
    else
        tell postfix.values postconf -x "$@"
        values=$(postconf -dx "$@" 2>/dev/null)
    fi
    postfix_split
    postfix_value config_directory
    folder=$value
    postfix_value mail_version
    version=$value
    postfix_value daemon_directory
    daemons_folder=$value
    # main.cf may say another version than the program has; what is linked with Cyrus' library has its client, and to look
    # costs a quarter of asking.
    marks=$(grep -aoF -e mail_version -e libsasl2 -- "$folder/main.cf" "$daemons_folder/smtp" 2>/dev/null)
    case $marks in *"$folder/main.cf:mail_version"*) version=$(postconf -dh mail_version) ;; esac
    answer postfix.version "$version"
    answer postfix.folder "$folder"
    tell postfix.types postconf -m
    case $marks in
        *"$daemons_folder/smtp:libsasl2"*) answer postfix.sasl cyrus ;;
        *) tell postfix.sasl postconf -A ;;
    esac
    say postfix.plugins postfix_plugins
    say postfix.bundles postfix_bundles
    postfix_value queue_directory
    queue=$value
    postfix_value syslog_facility
    say postfix.syslog postfix_syslog "${value:-mail}" "$queue"
    # What a daemon would die of, and postconf would not: each program of Postfix reads these settings when it starts.
    tell postfix.sound postmap -q mtactl static:sound
    survey postfix.login postfix_login
    if [ -d /proc/self ]; then
        say postfix.running postfix_running "$queue"
    else
        tell postfix.running "$daemons_folder/master" -t
    fi
    survey postfix.queued postfix_queued "$queue"
    release
    set -- "$path" "$folder/main.cf" "$folder/master.cf"
    for f in "$folder"/mtactl_*; do
        case "$f" in *.mtactl-*) continue ;; esac
        [ ! -e "$f" ] || set -- "$@" "$f"
    done
    set -f
    postfix_tables
    IFS=$newline
    set -- "$@" $tables
    unset IFS
    set +f
    file "$@"
}
asks_at_once postfix_facts
