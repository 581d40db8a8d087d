"""Django's SQLite backend, whose writers wait for their turn."""
