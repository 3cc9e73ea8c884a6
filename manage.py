#!/usr/bin/env python3
"""Django's commands, on the embedded database where DATABASE_URL names no other."""

import os
import sys

from django.core.management import execute_from_command_line

from punte.cli import embedded_database

# These create or change tables and run as their owner; every other command runs as the application.
OWNER_COMMANDS = {"migrate", "sqlmigrate", "showmigrations", "makemigrations", "dbshell"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "punte.config.settings")
    if OWNER_COMMANDS & set(sys.argv[1:2]):
        os.environ.setdefault("PUNTE_DATABASE_ROLE", "owner")
    embedded_database.fill_environment()
    execute_from_command_line(sys.argv)
