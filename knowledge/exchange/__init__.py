"""Guides and FAQ entries in and out of files: tables (XLSX, CSV), JSON, and other platforms' exports by a mapping."""
