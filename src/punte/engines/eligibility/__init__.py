"""Funding rules as dated, sourced data; three-valued verdicts with reasons."""
