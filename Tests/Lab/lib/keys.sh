# Keys and certificates of one lab, regenerated at each `up`.
# shellcheck shell=bash

# certificate FILE NAME: a certificate for a name from the lab's authority.
certificate() {
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" \
        -keyout "$1.key" -out "$1.csr" 2>/dev/null
    openssl x509 -req -in "$1.csr" -CA "$run/tls/ca.pem" -CAkey "$run/tls/ca.key" -days 30 \
        -extfile <(printf 'subjectAltName=DNS:%s\n' "$2") -out "$1.pem" 2>/dev/null
}

# expired FILE NAME: one from the lab's authority that was good last month. openssl-x509(1) cannot backdate a certificate,
# openssl-ca(1) can.
expired() {
    certificate "$1" "$2"
    : >"$1.index"
    openssl ca -batch -notext -config <(printf '%s\n' '[ca]' 'default_ca = x' '[x]' "database = $1.index" 'rand_serial = yes' \
        'policy = p' 'default_md = sha256' 'unique_subject = no' 'x509_extensions = e' "new_certs_dir = ${1%/*}" '[p]' \
        'commonName = supplied' '[e]' "subjectAltName = DNS:$2") -cert "$run/tls/ca.pem" -keyfile "$run/tls/ca.key" \
        -startdate "$(date -u -d '-40 days' +%Y%m%d%H%M%SZ)" -enddate "$(date -u -d '-10 days' +%Y%m%d%H%M%SZ)" \
        -in "$1.csr" -out "$1.pem" 2>/dev/null
}

# self_signed FILE NAME
self_signed() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$2" \
        -addext "subjectAltName=DNS:${2// /.}" -keyout "$1.key" -out "$1.pem" 2>/dev/null
}

# The authority that every host trusts, and the smarthosts' certificates: badcert's is for another name,
# selfsigned's has no authority, expired's was good last month.
make_certificates() {
    mkdir -m 0700 "$run/tls"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=mtactl lab" \
        -keyout "$run/tls/ca.key" -out "$run/tls/ca.pem" 2>/dev/null
    certificate "$run/tls/outgoing" outgoing.example.net &
    certificate "$run/tls/outgoing2" outgoing2.example.net &
    certificate "$run/tls/badcert" another-name.example.net &
    certificate "$run/tls/relay" relay.example.net &
    certificate "$run/tls/internet" mx.internet.test &
    self_signed "$run/tls/selfsigned" selfsigned.example.net &
    expired "$run/tls/expired" expired.example.net &
    wait
}

# make_host_keys NAME ADDRESS: keys of three kinds, as Debian has them. known_hosts gets only the ed25519 key, so
# a client has to ask for the kind that it knows.
make_host_keys() {
    local folder=$run/hosts/$1
    mkdir -p "$folder"
    ssh-keygen -q -t ed25519 -N '' -C "root@$1" -f "$folder/ssh_host_ed25519_key"
    ssh-keygen -q -t ecdsa -N '' -C "root@$1" -f "$folder/ssh_host_ecdsa_key"
    ssh-keygen -q -t rsa -b 2048 -N '' -C "root@$1" -f "$folder/ssh_host_rsa_key"
    read -r kind key _ <"$folder/ssh_host_ed25519_key.pub"
    printf '%s,%s.%s,%s %s %s\n' "$1" "$1" "$domain" "$2" "$kind" "$key" >"$folder/known_hosts"
}
