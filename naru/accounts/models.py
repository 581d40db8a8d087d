import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from naru.security.fields import SealedField, TokenField, Unsealed

TOKEN = 32
"""Bytes of a keyed token or a digest."""


class User(AbstractBaseUser):
    """A person who signs in. What they may do stands in their posts and in `roles.json`.

    Nothing of the row can be read as a person: names are sealed, what they sign in with is a token.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    login_token = TokenField(max_length=TOKEN, unique=True, null=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BaseUserManager()

    USERNAME_FIELD = "public_id"

    def __str__(self) -> str:
        return str(self.public_id)  # Never a name: this may reach a log.


class Identity(models.Model):
    """Who the person is, as a provider of 본인확인 said. `sealed` holds name, birth, sex, phone.

    CI is the same at every service in Korea, so that it is never kept but as our own token.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="identity")
    di_token = TokenField(max_length=TOKEN, unique=True)
    ci_token = TokenField(max_length=TOKEN, null=True)
    sealed = SealedField("accounts/identity", lambda row: row.user.public_id.bytes)
    verified_at = models.DateTimeField()
    link = models.CharField(max_length=10)
    patient = models.UUIDField(null=True, db_index=True)

    class Meta:
        db_table = "accounts_identity"

    def __str__(self) -> str:
        return str(self.user_id)


class Block(models.Model):
    """That an account was blocked, by somebody in the role `by`; one at most stands.

    `sealed` holds the reason for which an officer opened it again: free words, which may name
    anybody.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="blocks")
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    cause = models.CharField(max_length=20)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True)
    sealed = SealedField("accounts/block", lambda row: row.public_id.bytes)

    class Meta:
        db_table = "accounts_block"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(ended_at=None),
                name="accounts_block_standing",
            )
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Passkey(models.Model):
    """A WebAuthn credential; `credential` is its attested data (WebAuthn level 3, 6.5.2).

    `sealed` holds the name that its owner gave it: free words, which may name anybody.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    digest = Unsealed(max_length=TOKEN, unique=True)
    credential = Unsealed()
    sign_count = models.BigIntegerField()
    sealed = SealedField("accounts/passkey", lambda row: row.public_id.bytes)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_passkey"

    def __str__(self) -> str:
        return str(self.public_id)


class RecoveryCode(models.Model):
    """A code that signs in once, kept as a token: for whoever lost every device."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    token = TokenField(max_length=TOKEN, unique=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_recoverycode"

    def __str__(self) -> str:
        return str(self.pk)


class Post(models.Model):
    """What somebody is at an institution, by days; an invitation until somebody accepts it.

    `sealed` holds the name that the invitation is for, and the licence number.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="posts", null=True)
    institution = models.UUIDField(null=True, db_index=True)
    role = models.CharField(max_length=40)
    department = models.CharField(max_length=40, blank=True)
    sealed = SealedField("accounts/post", lambda row: row.public_id.bytes)
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    invitation = TokenField(max_length=TOKEN, unique=True, null=True)
    invitation_ends = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_post"

    def __str__(self) -> str:
        return str(self.public_id)


class SignIn(models.Model):
    """One sign-in on one device, until it ends. `sealed` is the device's name."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    method = models.CharField(max_length=20)
    device_token = TokenField(max_length=TOKEN)
    sealed = SealedField("accounts/device", lambda row: row.public_id.bytes)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    passkey_at = models.DateTimeField(null=True)
    identity_at = models.DateTimeField(null=True)
    post = models.ForeignKey(Post, on_delete=models.SET_NULL, null=True)
    represented = models.UUIDField(null=True)

    class Meta:
        db_table = "accounts_signin"

    def __str__(self) -> str:
        return str(self.public_id)


class Introduction(models.Model):
    """A code that its person shows to be named by it once, kept as a token until it ends."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="introduction")
    token = TokenField(max_length=TOKEN, unique=True)
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_introduction"

    def __str__(self) -> str:
        return str(self.pk)


class Attempts(models.Model):
    """How often something failed in a row; `name` is a token of what was tried, known or not."""

    name = TokenField(max_length=TOKEN, unique=True)
    failures = models.IntegerField(default=0)
    until = models.DateTimeField()

    class Meta:
        db_table = "accounts_attempts"

    def __str__(self) -> str:
        return str(self.pk)


class Client(models.Model):
    """An OAuth client of the code flow. Nothing of it is secret."""

    client_id = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    institution = models.UUIDField(null=True, db_index=True)
    redirect_uris = models.TextField()
    launch_uri = models.CharField(max_length=500, blank=True)
    scopes = models.TextField()
    confidential = models.BooleanField()
    suspended = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_client"

    def __str__(self) -> str:
        return self.client_id


class ServiceAccount(models.Model):
    """A program that asks for tokens in an institution's name (RFC 7523).

    Nothing of it is secret: `jwks` holds public keys.
    """

    client_id = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    institution = models.UUIDField(db_index=True)
    scopes = models.TextField()
    jwks = models.TextField()
    suspended = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    keys_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_serviceaccount"

    def __str__(self) -> str:
        return self.client_id


class Grant(models.Model):
    """What a person let a client do: a code first, then refresh tokens of which the newest is good.

    `sealed` holds its terms.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    sign_in = models.ForeignKey(SignIn, on_delete=models.CASCADE)
    code = TokenField(max_length=TOKEN, unique=True)
    code_ends = models.DateTimeField()
    code_used = models.BooleanField(default=False)
    refresh = TokenField(max_length=TOKEN, null=True, unique=True)
    number = models.IntegerField(default=0)
    ends = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    sealed = SealedField("accounts/grant", lambda row: row.public_id.bytes)

    class Meta:
        db_table = "accounts_grant"

    def __str__(self) -> str:
        return str(self.public_id)
