old@example.com
