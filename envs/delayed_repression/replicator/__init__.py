"""The regulator's seat over the delayed equation: midcourse/DelayedReplicator-v0."""
