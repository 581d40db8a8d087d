from tests.staging import told

__all__ = ["told"]
