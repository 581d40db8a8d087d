"""외장형: an agent beside an EMR whose code is not changed; it reads a folder or a view."""
