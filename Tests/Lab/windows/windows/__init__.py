"""A stand-in for Windows: what all products on it share. ../README.md says which rule comes from where."""
