"""교류 시연: the told story of one record that crosses, on synthetic people with a fixed seed."""
