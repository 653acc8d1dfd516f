"""Addresses of one's own session and of the administrator: an account's random id, never a name."""

from django.urls import path

from access.views.accounts import user_act, user_end_all, user_give, user_list, user_new, user_page, user_take
from access.views.compartments import user_compartment_new, user_compartments
from access.views.leavers import leaver_new
from access.views.session import session_awake, session_kept, session_lock

urlpatterns = [
    path("session/locked/", session_lock, name="session_lock"),
    path("session/awake/", session_awake, name="session_awake"),
    path("session/kept/", session_kept, name="session_kept"),
    path("people/", user_list, name="user_list"),
    path("people/new/", user_new, name="user_new"),
    path("people/compartments/", user_compartments, name="user_compartments"),
    path("people/compartments/new/", user_compartment_new, name="user_compartment_new"),
    path("people/leaving/", leaver_new, name="leaver_new"),
    path("people/end-all-sessions/", user_end_all, name="user_end_all"),
    path("people/<uuid:account_uuid>/", user_page, name="user_page"),
    path("people/<uuid:account_uuid>/give/<slug:kind>/", user_give, name="user_give"),
    path("people/<uuid:account_uuid>/take/<slug:kind>/<slug:code>/", user_take, name="user_take"),
    path("people/<uuid:account_uuid>/<slug:what>/", user_act, name="user_act"),
]
