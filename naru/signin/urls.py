from django.urls import path

from naru.signin import account_views, app_views, block_views, start_views, unsent_views, views

urlpatterns = [
    path("", start_views.start, name="start"),
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/passkey/ask", views.ask_passkey, name="sign-in-passkey-ask"),
    path("sign-in/passkey", views.by_passkey, name="sign-in-passkey"),
    path("sign-in/password", views.by_password, name="sign-in-password"),
    path("sign-in/recovery", views.by_recovery_code, name="sign-in-recovery"),
    path("sign-in/identity", views.ask_identity, name="sign-in-identity"),
    path("sign-in/identity/return", views.identity_return, name="sign-in-identity-return"),
    path("sign-in/confirm/<str:factor>", views.confirm, name="sign-in-confirm"),
    path("sign-in/confirmed", views.confirm_by_passkey, name="sign-in-confirmed"),
    path("sign-in/blocked", block_views.blocked, name="sign-in-blocked"),
    path("sign-in/blocked/open", block_views.open_own, name="sign-in-open"),
    path("unsent", unsent_views.show, name="unsent"),
    path("sign-up", views.sign_up, name="sign-up"),
    path("sign-up/now", views.signed_up, name="sign-up-now"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("oauth/authorize", app_views.authorize, name="oauth-authorize"),
    path("apps", app_views.listed, name="apps"),
    path("apps/launch", app_views.launch, name="app-launch"),
    path("account", account_views.home, name="account"),
    path("account/passkeys/ask", account_views.ask_passkey, name="account-passkey-ask"),
    path("account/passkeys", account_views.add_passkey, name="account-passkey"),
    path("account/passkeys/remove", account_views.remove_passkey, name="account-passkey-remove"),
    path("account/devices/end", account_views.end_device, name="account-device-end"),
    path("account/password", account_views.set_password, name="account-password"),
    path("account/recovery", account_views.new_recovery_codes, name="account-recovery"),
    path("account/invitation", account_views.accept_invitation, name="account-invitation"),
    path("account/act-as", account_views.act_as, name="account-act-as"),
]
