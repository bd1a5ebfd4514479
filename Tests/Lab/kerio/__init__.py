"""A stand-in for Kerio Connect on Linux: README.md."""
