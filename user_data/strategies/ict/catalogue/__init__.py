"""The one declaration of every column and every zone kind: whatever shows or reads them follows from it."""
