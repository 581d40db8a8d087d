"""AuditEvent (BALP 1.1.1, and the audit profiles of PIXm, PDQm and MHD) from audit messages."""
