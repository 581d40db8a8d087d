class PaperRefused(ValueError):
    """What was to be printed or read is no paper; the sentence names nobody."""
