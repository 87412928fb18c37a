"""Request Tasks measured against the same statements without Django, and against a bare claim."""
