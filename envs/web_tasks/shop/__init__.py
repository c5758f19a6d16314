"""The shop: a catalogue, a cart, orders, reviews."""
