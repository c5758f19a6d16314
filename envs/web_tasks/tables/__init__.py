"""Sites that are tables of rows: the back office, the tracker, the map."""
