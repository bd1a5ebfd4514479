# Kerio Connect: its version.

panel kerio /opt/kerio/mailserver/mailserver.cfg

version_of_kerio() { # FILE
    ask mta.version.kerio grep -m 1 -i version "$1"
}
