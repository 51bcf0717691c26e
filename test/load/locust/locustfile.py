"""What people do on a platform, for Locust: reading most of the time, writing now and then, signing in anew sometimes.

PLATFORM chooses a part of ../platforms.json; its gateway is --host. Who asks is TOKEN, or LOGIN and PASSWORD, or, where services
sign tokens, whoever has their secret. The exit code is 1 where a promise is broken.
"""
import base64
import hashlib
import hmac
import json
import os
import random
import time
from pathlib import Path

from locust import HttpUser, between, events, task

TABLE = json.loads((Path(__file__).resolve().parent.parent / "platforms.json").read_text(encoding="utf-8"))
PLATFORM = TABLE[os.environ.get("PLATFORM", "presencepro")]
ACCOUNT = {
    "login": os.environ.get("LOGIN", PLATFORM.get("account", {}).get("login", "")),
    "password": os.environ.get("PASSWORD", PLATFORM.get("account", {}).get("password", "")),
}


def filled(body):
    """The body with the account in it."""
    return json.loads(json.dumps(body).replace("{login}", ACCOUNT["login"]).replace("{password}", ACCOUNT["password"]))


def signed(claims, secret):
    """A token as the services of the platform sign them (HS256)."""
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    now = int(time.time())
    text = b".".join(part(json.dumps(each).encode()) for each in ({"alg": "HS256", "typ": "JWT"}, {**claims, "iat": now, "exp": now + 86400}))
    return (text + b"." + part(hmac.new(secret.encode(), text, hashlib.sha256).digest())).decode()


class Caller(HttpUser):
    """Signs in once and goes on as that."""

    abstract = True
    wait_time = between(0.1, 1)
    host = PLATFORM["url"]

    def on_start(self):
        self.client.headers["Authorization"] = f"Bearer {self.token()}"

    def token(self):
        if "TOKEN" in os.environ:
            return os.environ["TOKEN"]
        if "sign" in PLATFORM:
            return signed(PLATFORM["sign"]["claims"], os.environ[PLATFORM["sign"]["secret"]])
        if "register" in PLATFORM:
            # Whoever is registered already stays so.
            with self.client.post(PLATFORM["register"]["path"], json=filled(PLATFORM["register"]["body"]), name="register", catch_response=True) as answer:
                answer.success()
        return self.sign_in().json()[PLATFORM["login"]["token"]]

    def sign_in(self):
        return self.client.post(PLATFORM["login"]["path"], json=filled(PLATFORM["login"]["body"]), name="login")


class Reader(Caller):
    weight = 8

    @task
    def read(self):
        self.client.get(random.choice(PLATFORM["reads"]))

    if "cached" in PLATFORM:

        @task
        def read_what_is_kept(self):
            self.client.get(PLATFORM["cached"])


class Writer(Caller):
    weight = 2

    @task(3)
    def read(self):
        self.client.get(random.choice(PLATFORM["reads"]))

    @task
    def write(self):
        request = random.choice(PLATFORM["writes"])
        self.client.request(request["method"], request["path"], json=request["body"])


class Newcomer(Caller):
    """Signs in again and again, as at the beginning of a day."""

    weight = 1
    wait_time = between(5, 15)

    @task
    def login(self):
        self.sign_in()


@events.quitting.add_listener
def judge(environment, **_kwargs):
    """The promises, as the exit code."""
    total = environment.stats.total
    promised = PLATFORM["objectives"]
    broken = [
        what
        for what, fails in (
            (f"more than {promised['errors']:.1%} failed", total.fail_ratio > promised["errors"]),
            (f"p95 over {promised['p95']} ms", (total.get_response_time_percentile(0.95) or 0) > promised["p95"]),
            (f"p99 over {promised['p99']} ms", (total.get_response_time_percentile(0.99) or 0) > promised["p99"]),
        )
        if fails
    ]
    for what in broken:
        print(f"broken: {what}")
    environment.process_exit_code = 1 if broken else 0
