from __future__ import annotations

from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    """People, facts about them, who is who."""

    name = "subjects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the students of a school on its page."""
        from foundation.registries import Panel, panels
        from subjects.selectors.school import students_panel

        panels.register("students", Panel(page="organization", slot="students", template="subjects/_students.html", context=students_panel))
