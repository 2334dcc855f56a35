"""A demonstration district: real outline, names and codes; invented township and cell borders, marked as such."""
