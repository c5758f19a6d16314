"""GUI navigation as a picture of 256 x 256 pixels; pygame is imported only here."""
