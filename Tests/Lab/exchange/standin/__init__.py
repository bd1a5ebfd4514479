"""A stand-in for Exchange, written from its documentation: ../README.md says which rule comes from where."""
