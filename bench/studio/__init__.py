"""A small studio: products built from distance functions, softboxes, an infinity cove."""
