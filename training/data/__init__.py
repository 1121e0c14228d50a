"""Folders of face crops, and how batches are made of them."""
