# Plesk: its version. The mail server that it keeps is asked for itself.

panel plesk /usr/local/psa/version /opt/psa/version

version_of_plesk() { # FILE
    ask mta.version.plesk cat "$1"
}
