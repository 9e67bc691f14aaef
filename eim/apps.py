from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    name = "eim"
    verbose_name = _("Site")

    def ready(self) -> None:
        from eim.monitoring import deploy_checks  # noqa: F401  registers them; needs the settings


class StaffSiteConfig(AdminConfig):
    default_site = "eim.back_office.site.StaffSite"

    def ready(self) -> None:
        super().ready()
        # These need the models.
        from eim.back_office.roles.naming import name_roles
        from eim.back_office.third_party_strings import name_second_steps

        name_roles()
        name_second_steps()
