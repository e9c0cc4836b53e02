"""Measures what docs/performance.md claims, for `benches/all`."""
