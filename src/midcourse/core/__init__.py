"""What every world stands on: parameters, tasks, environments, snapshots."""
