"""Parts of the oracle: jobs, answers, and ways to them."""
