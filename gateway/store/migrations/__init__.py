"""The steps by which the tables came to be; the same on SQLite and PostgreSQL."""
