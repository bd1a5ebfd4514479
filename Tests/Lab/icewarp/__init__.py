"""A stand-in for IceWarp on Linux: README.md."""
