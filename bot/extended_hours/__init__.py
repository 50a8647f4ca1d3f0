"""Requests to be served outside opening hours (延时服务, S17)."""
