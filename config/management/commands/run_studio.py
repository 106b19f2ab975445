"""``manage.py run_studio``: web and workers together, one Ctrl-C ends them all. For one machine."""

import contextlib
import signal
import threading
from argparse import ArgumentParser
from types import FrameType

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from config.first_run import open_demo_account
from config.supervisor import Role, Supervisor, studio_roles


class Command(BaseCommand):
    help = "Start the studio: web server and film, cut, learn, ring and beat workers. Ctrl-C stops everything."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: object, host: str, port: int, **options: object) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        login = open_demo_account()
        roles = studio_roles(host, port)
        stop = threading.Event()

        def ask_to_stop(number: int, frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, ask_to_stop)
        self._welcome(host, port, login, roles)
        with contextlib.closing(Supervisor(roles, settings.VAR_DIR / "log", say=self.stdout.write)) as supervisor:
            supervisor.watch(stop)
        self.stdout.write("Stopped. What was being filmed goes on at the next start.")

    def _welcome(self, host: str, port: int, login: tuple[str, str] | None, roles: list[Role]) -> None:
        self.stdout.write(self.style.SUCCESS(f"Hitsmith studio: http://{host}:{port}"))
        if login:
            name, password = login
            self.stdout.write(f"  sign in as  {name}  with password  {password}   (made just now, for this machine)")
        self.stdout.write(f"  processes: {', '.join(role.name for role in roles)}; logs in {settings.VAR_DIR / 'log'}")
        self.stdout.write("  Ctrl-C stops everything.")
