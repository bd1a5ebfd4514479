# Kerio Connect: its version.

panel kerio /opt/kerio/mailserver/mailserver.cfg

version_of_kerio() { # FILE
    # Not the XML declaration's.
    ask mta.version.kerio sed -n -e '/<?xml/d' -e '/[Vv]ersion/{p;q;}' "$1"
}
