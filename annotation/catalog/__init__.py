"""What a project holds: folders, uploads, items, their files and small pictures."""
