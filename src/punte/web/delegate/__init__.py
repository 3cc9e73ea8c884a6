"""Pages of a delegate: my meetings."""
