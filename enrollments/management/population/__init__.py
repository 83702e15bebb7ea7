"""`fill`: an invented population of any size, for benches."""
