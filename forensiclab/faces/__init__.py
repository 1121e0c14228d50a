"""From frames to faces to tracks to crops."""
