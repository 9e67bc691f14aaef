"""Say of each field of a form whether it is required, and whether its value has been refused."""

from typing import Any

from django.forms import RadioSelect, Widget
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting


class SpokenField(BoundField):
    """A field that is required, and not yet invalid.

    Browsers tell screen readers that an empty required field is invalid, before anything was sent.
    """

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: Widget | None = None
    ) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        if isinstance(self.field.widget, RadioSelect):
            # The group is required, and invalid, not each button: templates/eim/field.html.
            attrs.pop("required", None)
            attrs.pop("aria-invalid", None)
        if attrs.get("required"):
            attrs.setdefault("aria-invalid", "false")
        return attrs


class FormRenderer(TemplatesSetting):
    """Render fields as above, and widgets by templates/, where Django's own can be replaced."""

    bound_field_class = SpokenField
