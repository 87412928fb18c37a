from django.contrib.admin.apps import AdminConfig


class MeteAdminConfig(AdminConfig):
    default_site = "accounts.admin.MeteAdminSite"
