"""The composition root: knows everyone, nobody knows it."""

from leadtrac.celery import app as celery_app

__all__ = ("celery_app",)
