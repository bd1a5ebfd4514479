/@shop\.example$/ smtp-1234:
