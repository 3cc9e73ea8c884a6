"""Send the forms of pages as people do, who have read them: with the revision that the page shows."""

from collections.abc import Mapping

from django.test import Client

from security.form_fields import Form, forms_of


def form_with(page: str, *names: str) -> Form:
    """Return the form of a page that has the most of some fields."""
    return max(forms_of(page), key=lambda form: len(form.fields.keys() & {*names}))


def as_read(client: Client, address: str, data: Mapping[str, object]) -> dict[str, object]:
    """Return what a form sends that was just read: what is given, and the revision that its page shows."""
    page = client.get(address).content.decode()
    shown = form_with(page, *data).fields if forms_of(page) else {}
    return {key: shown[key] for key in ("revision",) if key in shown} | dict(data)
