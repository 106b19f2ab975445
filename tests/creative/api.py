"""A program that talks to the REST API with a key."""

from typing import Any

from django.test import Client

from tests.creative.shops import Shop


class Program:
    """``Program(shop).post("ads", {...})``: the response of ``/api/v1/ads`` with ``.status_code`` and ``.json()``."""

    def __init__(self, shop: Shop) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {shop.key}"})

    def get(self, path: str, **query: object) -> Any:
        return self.client.get(at(path), query)

    def post(self, path: str, body: object = None, *, key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post(at(path), body, content_type="application/json", headers=headers)

    def put(self, path: str, body: object) -> Any:
        return self.client.put(at(path), body, content_type="application/json")

    def delete(self, path: str) -> Any:
        return self.client.delete(at(path))

    def upload(self, path: str, files: list[Any], **fields: str) -> Any:
        return self.client.post(at(path), {"files": files, **fields})


def at(path: str) -> str:
    return path if path.startswith(("/", "http")) else f"/api/v1/{path}"
