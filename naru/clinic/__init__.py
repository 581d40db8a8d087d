"""진료실: the clinician's pages."""
