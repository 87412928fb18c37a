from __future__ import annotations

from django.urls import path

from accounts import views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("set-password/<uidb64>/<token>", views.set_password, name="set_password"),
    path("appearance", views.appearance, name="appearance"),
]
