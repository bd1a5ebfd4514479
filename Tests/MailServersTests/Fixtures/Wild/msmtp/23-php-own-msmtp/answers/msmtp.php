/etc/php/8.4/cli/php.ini:sendmail_path = "/usr/bin/msmtp -C /etc/php/msmtp-shop -t"
