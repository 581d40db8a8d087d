"""환자 포털: the citizen's pages."""
