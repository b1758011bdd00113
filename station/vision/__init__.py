"""From a picture of a label to what stands on it."""
