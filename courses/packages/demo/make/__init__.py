"""Draws the media of the demo course packages: job aids (PDF), pictures (WebP) and videos with captions.

The packages beside this folder are complete in themselves; this tool is only needed to change their media.
Each course has a folder here with its `media.toml` and Typst sources.
"""
