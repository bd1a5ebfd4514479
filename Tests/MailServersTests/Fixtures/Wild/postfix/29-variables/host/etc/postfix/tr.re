/@x\.example$/ smtp:[outgoing2.example.net]:2525
