"""Furnished bedrooms and living rooms whose every property is known."""
