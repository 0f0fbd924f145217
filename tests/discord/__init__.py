"""Messages, templates and secrets, against a loopback Discord."""
