class AuditUnavailable(Exception):
    """The access record could not be made durable: no audit, no answer."""


class InsideTransaction(RuntimeError):
    """`record_now` was called inside a transaction, whose rollback it must outlive."""
