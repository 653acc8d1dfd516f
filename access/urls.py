"""Addresses of the administrator: an account's random id, never a name."""

from django.urls import path

from access.views import user_act, user_give, user_list, user_new, user_page, user_take

urlpatterns = [
    path("people/", user_list, name="user_list"),
    path("people/new/", user_new, name="user_new"),
    path("people/<uuid:account_uuid>/", user_page, name="user_page"),
    path("people/<uuid:account_uuid>/give/<slug:kind>/", user_give, name="user_give"),
    path("people/<uuid:account_uuid>/take/<slug:kind>/<slug:code>/", user_take, name="user_take"),
    path("people/<uuid:account_uuid>/<slug:what>/", user_act, name="user_act"),
]
