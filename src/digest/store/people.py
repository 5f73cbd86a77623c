"""Editors and operators, and the one-time links by which they sign in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone


class People(BaseUserManager["User"]):
    """Makes users, who have an address and no password."""

    def named(self, email: str) -> User:
        """The user with this address, made if there is none yet."""
        user, fresh = self.get_or_create(email=self.normalize_email(email).lower())
        if fresh:
            user.set_unusable_password()
            user.save()
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who may look at drafts and decide about them."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_staff = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = People()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """Django's options."""

        db_table = "digest_user"

    def __str__(self) -> str:
        return self.name or self.email


class SignInLink(models.Model):
    """A link that signs one person in once. Only its hash is kept, so that a copy of the database opens nothing."""

    hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        db_table = "digest_sign_in_link"
