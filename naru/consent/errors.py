class InvalidPolicy(ValueError):
    """The policy's data file does not say what a policy must say."""
