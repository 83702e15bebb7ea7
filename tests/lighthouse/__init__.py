"""What Lighthouse says of the main pages on a phone (`make lighthouse`)."""
