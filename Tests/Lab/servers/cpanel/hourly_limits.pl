# The stand-in's hourly limits by domain: one byte for each message in /var/cpanel/email_send_counts/DOMAIN, and the limit in
# /var/cpanel/max_emails_per_hour. Nothing is counted without a message, as in address tests.

sub sending_domain {
    my $domain = lc Exim::expand_string('$sender_address_domain');
    return $domain =~ /^([a-z0-9.-]+)$/ ? $1 : undef;
}

sub enforce_max_emails_per_hour {
    my $domain = sending_domain();
    return '' if !defined $domain || Exim::expand_string('$message_exim_id') eq '';
    open( my $file, '<', '/var/cpanel/max_emails_per_hour' ) or return '';
    my $limit = int <$file>;
    my $count = -s "/var/cpanel/email_send_counts/$domain" || 0;
    return '' if !$limit || $count < $limit;
    return ":fail: Domain $domain has exceeded the max emails per hour ($count/$limit) allowed. Message discarded.";
}

sub increment_max_emails_per_hour {
    my $domain = sending_domain();
    return '' if !defined $domain || Exim::expand_string('$message_exim_id') eq '';
    open( my $file, '>>', "/var/cpanel/email_send_counts/$domain" ) or return '';
    print $file '1';
    close $file;
    return '';
}
