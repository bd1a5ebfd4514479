# The stand-in's sending limits by user: one byte for each message in /etc/virtual/usage/USER, and the limit in
# /etc/virtual/limit (0: none). Nothing is counted without a message, as in address tests.

sub check_limits {
    my $id = Exim::expand_string('$message_exim_id');
    return 'yes' if $id eq '';
    my $user = Exim::expand_string('${lookup{$sender_address_domain}lsearch{/etc/virtual/domainowners}{$value}}');
    return 'yes' if !defined $user || $user !~ /^([a-z0-9]+)$/;
    $user = $1;
    open( my $file, '<', '/etc/virtual/limit' ) or return 'yes';
    my $limit = int <$file>;
    my $count = -s "/etc/virtual/usage/$user" || 0;
    die "The user $user has reached the limit of $limit emails\n" if $limit && $count >= $limit;
    open( my $usage, '>>', "/etc/virtual/usage/$user" ) or return 'yes';
    print $usage '1';
    close $usage;
    return 'yes';
}

1;
