"""Resources that are kept one by one: how each type is searched, and what is kept of it."""
