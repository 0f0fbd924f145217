"""What the bot would do now, and why not: plain data, made once and shown in several ways."""
