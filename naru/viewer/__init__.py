"""A document as the pages show it and hand it out, for whoever's page it is."""
