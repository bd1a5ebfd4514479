# The stand-in's sending limits by user: a byte a message in /etc/virtual/usage/USER, and the limit in
# /etc/virtual/limit (0: none). Nothing counts where there is no message, as in tests of addresses.

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
