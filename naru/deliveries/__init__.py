"""What a patient gives out of their own record: to an agency (제출), or by a link (공유)."""
