"""Opened without a consent: an emergency (rule 7) and a demand of the law (rule 5)."""
