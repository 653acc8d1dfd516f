"""Starts LeadTrac: its servers, its demo, its tests.

The package stands alone. It uses the standard library only, so that its first stage can run before any
environment exists, and it imports nothing of the product: it starts `manage.py`, gunicorn and Celery as children.
"""
