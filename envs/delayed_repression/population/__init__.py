"""The population: citizens on a graph, their alarm, and the answer that comes late."""
