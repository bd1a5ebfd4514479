"""A stand-in for MailEnable, written from its documentation: ../README.md says which rule comes from where."""
