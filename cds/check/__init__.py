"""For those who edit and sign the shelf: what is unreachable, and what an edit changes."""
