"""Code systems: their concepts and terms by date, maps between them, and the search for them."""
