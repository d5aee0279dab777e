"""A colleague who signs in by email, and the failed attempts that slow a guesser down."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Now


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str, password: str | None = None, **more: str | bool
    ) -> "User":
        user = self.model(email=self.normalize(email), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, password: str | None = None, **more: str | bool
    ) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **more)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=self.normalize(username or ""))

    @staticmethod
    def normalize(email: str) -> str:
        return email.strip().lower()


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.name or self.email


class FailedSignIn(models.Model):
    """One wrong password: for which address, and from where."""

    email = models.CharField(max_length=254)
    network = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["email", "at"], name="failed_by_email"),
            models.Index(fields=["network", "at"], name="failed_by_network"),
        )

    def __str__(self) -> str:
        return f"{self.email} from {self.network}"
