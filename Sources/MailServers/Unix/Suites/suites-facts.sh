# Panels and suites that keep a host's mail server and that mtactl recognises: where they are, and their versions where a
# file tells.

panel cwp /usr/local/cwpsrv
panel cyberpanel /usr/local/CyberCP
panel froxlor /var/www/froxlor
panel hestia /usr/local/hestia/conf/hestia.conf
panel interworx /usr/local/interworx
panel iredmail /etc/iredmail-release
panel ispconfig /usr/local/ispconfig/interface
panel mailinabox /etc/mailinabox.conf
panel pmg /usr/bin/pmgconfig
panel vesta /usr/local/vesta/conf/vesta.conf
panel virtualmin /etc/webmin/virtual-server
panel yunohost /etc/yunohost/installed
server indimail /usr/bin/indimail-mta /usr/sbin/indimail-mta /var/indimail/bin/qmail-showctl
server zimbra /opt/zimbra/common/sbin/postconf /opt/zimbra/bin/zmcontrol

version_of_hestia() { # FILE
    ask mta.version.hestia grep '^VERSION=' "$1"
}

version_of_vesta() { # FILE
    ask mta.version.vesta grep '^VERSION=' "$1"
}

version_of_iredmail() { # FILE
    ask mta.version.iredmail cat "$1"
}
