"""Who belongs where, in which role. Every change keeps guardian's groups in step in the same transaction."""
