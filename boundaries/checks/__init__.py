"""The checks of a district, one kind of fault to a file."""
