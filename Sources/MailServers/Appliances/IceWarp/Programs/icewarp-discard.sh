# Takes the test message out of the queue: files there that have its Message-ID, $1, in them, which no other message has.
home=/opt/icewarp
found=$(sed -n "s/^IWS_INSTALL_DIR=\"\{0,1\}\(\/[^\"]*\)\"\{0,1\}\$/\1/p" /etc/icewarp/icewarp.conf 2>/dev/null)
home=${found:-$home}
mail=$("$home/tool.sh" display system C_System_Storage_Dir_MailPath 2>/dev/null | tr -d "\r")
mail=${mail#*: }
grep -rlF -- "$1" "${mail:-$home/mail}/_outgoing" | while IFS= read -r file; do rm -f -- "$file"; done
