"""Addresses. Each app brings its own; no address carries a name or a number of a person."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

from leadtrac.account_events import recovery_codes, recovery_codes_file
from leadtrac.dashboard.views import figures
from leadtrac.federation import oidc_callback, oidc_login, own_identity
from leadtrac.views.demo import demo_sign_in
from leadtrac.views.gallery import gallery
from leadtrac.views.help import help_page
from leadtrac.views.home import health, home, notice

handler400 = "leadtrac.errors.not_understood"
handler404 = "leadtrac.errors.page_not_found"
handler500 = "leadtrac.errors.server_error"

# retention before leads: at the address of a destroyed lead stands its tombstone
APPS_WITH_PAGES = ("access", "ingest", "organizations", "subjects", "retention", "leads", "oversight")

urlpatterns = [
    path("", home, name="home"),
    path("notice/", notice, name="notice"),
    path("health/", health, name="health"),
    path("gallery/", gallery, name="gallery"),
    path("figures/", figures, name="figures"),
    path("help/", help_page, name="help"),
    path("demo/sign-in/", demo_sign_in, name="demo_sign_in"),
    path("accounts/oidc/<slug:provider_id>/login/", oidc_login, name="openid_connect_login"),  # before the library's own
    path("accounts/oidc/<slug:provider_id>/login/callback/", oidc_callback, name="openid_connect_callback"),
    path("accounts/3rdparty/", own_identity, name="socialaccount_connections"),
    path("accounts/2fa/recovery-codes/", recovery_codes, name="mfa_view_recovery_codes"),
    path("accounts/2fa/recovery-codes/download/", recovery_codes_file, name="mfa_download_recovery_codes"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("leadtrac.api")),
    *[path("", include(f"{app}.urls")) for app in APPS_WITH_PAGES if find_spec(f"{app}.urls")],
]
