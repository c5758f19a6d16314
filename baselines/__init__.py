"""Reference algorithms, one importable and runnable file each."""
