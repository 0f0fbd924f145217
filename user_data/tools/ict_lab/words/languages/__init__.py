"""The words of the pages, a module a language: a further one is one file."""
