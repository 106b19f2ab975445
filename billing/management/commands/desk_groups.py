"""Make the three groups of the billing desk (look, act, approve), and put staff into them: --act ann --approve ben."""

from django.contrib.auth.models import Group, Permission, User
from django.core.management.base import BaseCommand, CommandError, CommandParser

# Whoever acts or approves has to see what it is about.
GROUPS = {
    "look": ("账务查看 Desk: look", ("desk_view",)),
    "act": ("账务操作 Desk: act", ("desk_view", "desk_act")),
    "approve": ("账务复核 Desk: approve", ("desk_view", "desk_approve")),
}


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        for word in GROUPS:
            parser.add_argument(f"--{word}", nargs="*", default=[], metavar="USER", help="user names of staff")

    def handle(self, **options: object) -> None:
        for word, (name, codes) in GROUPS.items():
            group, _ = Group.objects.get_or_create(name=name)
            group.permissions.set(Permission.objects.filter(content_type__app_label="billing", codename__in=codes))
            named = options[word]
            for username in named if isinstance(named, list) else []:
                self._put(username, group)

    def _put(self, username: str, group: Group) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(
                f"There is no user {username!r}. Make one first: manage.py createsuperuser, or the admin."
            )
        User.objects.filter(pk=user.pk).update(is_staff=True)
        user.groups.add(group)
        self.stdout.write(f"{username}: {group.name}")
