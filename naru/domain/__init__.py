"""Values of the standards and of the law: pure Python, no framework, no input or output."""
