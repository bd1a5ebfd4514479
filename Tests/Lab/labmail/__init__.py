"""What the stand-ins for mail servers on Linux share: SMTP server and client, a queue on disk, names, deliveries."""
