"""Page parts: the frame, the stylesheet and small pieces that every page room uses."""
