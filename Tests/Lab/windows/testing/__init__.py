"""What the tests of stand-ins on Windows share."""
