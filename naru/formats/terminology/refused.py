"""Why a file is no release."""


class ReleaseFileRefused(ValueError):
    """The file is no release that can be read; the sentence repeats nothing of what it holds."""
