"""접수처: the reception desk's pages, for those who come without a phone."""
