"""Reading a file of items: its encoding, rows and names; what cannot be read is set beside it with the reason."""
