"""How forms are set: one field template, one form template, for every form of the site."""

from django.forms.renderers import TemplatesSetting


class HouseRenderer(TemplatesSetting):
    """Django's renderer with the house's field: label, hint, control, faults, in that order."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
