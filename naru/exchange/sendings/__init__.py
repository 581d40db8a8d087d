"""What is sent to somebody by name: delivered, opened, and ended (rules 6 and 8)."""
