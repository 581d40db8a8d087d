"""Patients between institutions: their identities, who may be one person, whole persons."""
