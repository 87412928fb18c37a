"""Putting items to work: choose, build in the background, launch, pause, cancel. No batch, no tasks."""
