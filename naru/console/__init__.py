"""운영: the operator's pages."""
