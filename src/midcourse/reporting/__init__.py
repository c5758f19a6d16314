"""What a report is made of: recorded episodes, pictures, and plots."""
