"""Programmes: staged plans that needs, meetings and money hang on."""
