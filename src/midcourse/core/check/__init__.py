"""The battery of laws."""
