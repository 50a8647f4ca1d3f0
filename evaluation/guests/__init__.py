"""Guides of another platform beside the hall's own: are they found, and do the hall's own figures stay?"""
