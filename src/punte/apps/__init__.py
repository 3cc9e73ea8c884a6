"""Django apps, thin: persistence, permission, transactions."""
