#!/usr/bin/env python3
"""The whole journey of a shop's own program through the REST API: facts and photos in, a finished ad out.

Needs Python 3.11 and nothing else.

    python examples/api_journey.py --base-url http://127.0.0.1:8000 --key hsk_... \\
        --product examples/product.yaml --images front.jpg side.jpg --out out/

``--product`` has the keys of docs/product-yaml.md: JSON, or YAML where PyYAML is installed.
"""

import argparse
import json
import mimetypes
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any, NoReturn


class Api:
    """One method for each thing that a program does; a refusal ends the program with what the server said."""

    def __init__(self, base_url: str, key: str) -> None:
        self.root = base_url.rstrip("/")
        self.key = key

    def get(self, path: str) -> Any:
        return json.loads(self._send("GET", path))

    def post(self, path: str, body: object = None, *, once: str = "") -> Any:
        """``once``: with the same text the server does it once, however often the network makes us repeat it."""
        headers = {"Content-Type": "application/json"}
        if once:
            headers["Idempotency-Key"] = once
        return json.loads(self._send("POST", path, json.dumps(body or {}).encode(), headers))

    def upload(self, path: str, photos: list[Path]) -> Any:
        """All photos in one multipart request (RFC 7578)."""
        boundary = uuid.uuid4().hex
        parts = []
        for photo in photos:
            kind = mimetypes.guess_type(photo.name)[0] or "application/octet-stream"
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{photo.name}"\r\n'
            parts.append(f"{head}Content-Type: {kind}\r\n\r\n".encode() + photo.read_bytes() + b"\r\n")
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        return json.loads(self._send("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}))

    def download(self, url: str, target: Path) -> int:
        target.write_bytes(self._send("GET", url))
        return target.stat().st_size

    def _send(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
        url = path if path.startswith("http") else f"{self.root}/api/v1/{path}"
        request = urllib.request.Request(url, body, headers or {}, method=method)
        # A film may be redirected to a store that must never see our key.
        request.add_unredirected_header("Authorization", f"Bearer {self.key}")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            give_up(f"{method} {url}: {error.code} {error.read().decode(errors='replace')}")
        except OSError as error:
            give_up(f"{method} {url}: {error}")


def give_up(why: str) -> NoReturn:
    print(why, file=sys.stderr)
    raise SystemExit(1)


def read_facts(path: Path) -> Any:
    if path.suffix == ".json":
        return json.loads(path.read_text(encoding="utf-8"))
    try:
        import yaml
    except ImportError:
        give_up(f"{path} is YAML: install PyYAML, or save it as JSON")
    facts = yaml.safe_load(path.read_text(encoding="utf-8"))
    return json.loads(json.dumps(facts, default=str))  # dates become texts


def main() -> None:
    parser = argparse.ArgumentParser(description="Make an ad through the REST API.")
    parser.add_argument("--base-url", default="http://127.0.0.1:8000")
    parser.add_argument("--key", required=True, help="an API key (the studio's page of that name makes one)")
    parser.add_argument("--product", type=Path, required=True)
    parser.add_argument("--images", type=Path, nargs="+", required=True)
    parser.add_argument("--lang", default="zh", choices=["zh", "en"])
    parser.add_argument("--aspects", default="9:16")
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for the films")
    given = parser.parse_args()
    api = Api(given.base_url, given.key)

    product = api.post("products", read_facts(given.product), once=str(uuid.uuid4()))
    print(f"product   {product['id']}")
    report = api.upload(f"products/{product['id']}/assets", given.images)
    print(f"photos    {len(report['accepted'])} taken")
    for refusal in report["refused"]:
        print(f"          refused: {refusal['detail']}")

    ranked = api.get(f"templates/rank?product={product['id']}&lang={given.lang}&seconds={given.seconds}")
    for choice in ranked["offered"][:3]:
        print(f"template  {choice['template']['id']}: {'; '.join(term['en'] for term in choice['terms'][:2])}")

    wanted = {"lang": given.lang, "aspects": given.aspects.split(","), "seconds": given.seconds}
    ad = api.post("ads", {"product": product["id"], **wanted}, once=str(uuid.uuid4()))
    credits = api.get("credits")
    print(f"draft     {ad['id']} with {ad['template_id']}")
    print(f"price     {ad['credits_quoted']} of {credits['available']} credits; nothing is spent yet")
    for beat in ad["script"]["beats"]:
        print(f"          {beat['start_ms'] / 1000:5.1f} s  {beat['voice']}")

    api.post(f"ads/{ad['id']}/order")
    done = wait(api, ad["id"])
    given.out.mkdir(parents=True, exist_ok=True)
    for output in done["outputs"]:
        target = given.out / f"ad_{output['aspect'].replace(':', 'x')}.mp4"
        size = api.download(output["url"], target)
        print(
            f"film      {target} ({output['width']}x{output['height']}, {output['duration_ms'] / 1000:.1f} s, {size} B)"
        )
    print(f"paid      {done['credits_settled']} credits, {api.get('credits')['available']} left")


def wait(api: Api, ad_id: str) -> Any:
    """Ask as often as the server suggests until the ad has ended."""
    shown = ""
    while True:
        now = api.get(f"ads/{ad_id}/progress")
        line = f"{now['stage']}, {now['percent']} %"
        if line != shown:
            print(f"progress  {line}")
            shown = line
        if now["poll_after"] is None:
            break
        time.sleep(now["poll_after"])
    ad = api.get(f"ads/{ad_id}")
    if ad["state"] != "ready":
        give_up(f"the ad {ad['state']}: {ad['reason']}")
    return ad


if __name__ == "__main__":
    main()
