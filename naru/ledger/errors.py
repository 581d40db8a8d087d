class UnknownCommitment(Exception):
    """Nothing was ever committed for this document."""
