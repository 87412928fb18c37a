"""What `manage.py demo` shows: pictures drawn here, a story played through the real rules, the processes it runs."""
