"""What the stand-ins share that are mail servers on Linux: SMTP both ways, a queue on disk, names, deliveries."""
