"""Windows as a stand-in: what every product on it shares. ../README.md says which rule comes from where."""
