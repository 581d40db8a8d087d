import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class Users(BaseUserManager["User"]):
    """Makes people who can sign in."""

    def create_user(self, login_name: str, password: str | None = None, **fields: str) -> "User":
        """Store a person; without a password nobody can sign in with one."""
        user = self.model(login_name=login_name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. What they may do stands in the rooms that grant it."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    login_name = models.CharField(max_length=150, unique=True)
    display_name = models.CharField(max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Users] = Users()

    USERNAME_FIELD = "login_name"

    def __str__(self) -> str:
        return str(self.public_id)  # Never a name: this may reach a log.
