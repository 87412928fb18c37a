"""Which status may follow which, the history of every move, and the counts kept beside it."""
