"""What somebody says is wrong, who has to answer it, and what became of it (문의)."""
