"""What tests of stand-ins on Windows share."""
