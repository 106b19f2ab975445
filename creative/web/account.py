"""Signing in and up, and the keys that programs use."""

from django import forms
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from billing.access import Actor
from billing.models import ApiKey, Member
from billing.organizations import create_api_key, create_organization, revoke_api_key
from creative.errors import NotFound
from creative.web.page import desk, show
from creative.web.words import ROLES

TAKEN = _("这个邮箱已经注册过，请直接登录。")
BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInForm(AuthenticationForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["username"].label = _("邮箱或用户名")

    def clean_username(self) -> str:
        """Accounts are named by the address in small letters, however it is typed."""
        given: str = self.cleaned_data["username"]
        return given.lower() if "@" in given else given


class SignIn(LoginView):
    template_name = "creative/account/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignUpForm(forms.Form):
    organization = forms.CharField(label=_("店铺或机构名称"), max_length=120)
    email = forms.EmailField(
        label=_("邮箱"), max_length=150, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("密码"),
        help_text=_("至少 8 个字符，不要全是数字。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(username__iexact=email).exists():
            raise ValidationError(TAKEN)
        return email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(username=self.cleaned_data.get("email", "")))
        return password

    @transaction.atomic
    def save(self) -> User:
        """A new user who owns a new organization, which is on the free plan."""
        given = self.cleaned_data
        user = User.objects.create_user(given["email"], given["email"], given["password"])
        create_organization(given["organization"], owner=user)
        return user


def sign_up(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("home")
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            login(request, form.save(), backend=BACKEND)
            return redirect("products")
        except IntegrityError:  # sent twice at the same moment
            form.add_error("email", TAKEN)
    return render(request, "creative/account/sign_up.html", {"form": form})


class KeyForm(forms.Form):
    name = forms.CharField(label=_("给谁用"), max_length=80, widget=forms.TextInput(attrs={"placeholder": "Shopify"}))
    role = forms.ChoiceField(
        label=_("角色"), initial=Member.Role.PRODUCER, choices=[(code, ROLES[code]) for code in ("producer", "viewer")]
    )


@never_cache
@desk("manage")
def api_keys(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new key is shown in the answer to the POST that made it, and never again."""
    form = KeyForm(request.POST or None)
    plain = ""
    if request.method == "POST" and form.is_valid():
        _key, plain = create_api_key(actor.organization, form.cleaned_data["name"], form.cleaned_data["role"])
        form = KeyForm()
    keys = ApiKey.objects.filter(organization=actor.organization).order_by("-id")
    return show(request, actor, "account/api_keys.html", {"form": form, "plain": plain, "keys": keys})


@require_POST
@desk("manage")
def revoke(request: HttpRequest, actor: Actor, key_id: int) -> HttpResponse:
    key = ApiKey.objects.filter(organization=actor.organization, pk=key_id).first()
    if key is None:
        raise NotFound("密钥", "key")
    revoke_api_key(key)
    return redirect("api-keys")
