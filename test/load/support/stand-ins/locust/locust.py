"""As much of Locust as the locustfile uses, without Locust: requests are really sent, one after the other."""
import json as text_of
import time
import urllib.error
import urllib.request
from types import SimpleNamespace


def task(argument):
    """With a weight or without."""
    if callable(argument):
        argument.is_task = True
        return argument
    return task


def between(low, high):
    return (low + high) / 2


class Listeners(list):
    def add_listener(self, listener):
        self.append(listener)
        return listener


class Answer:
    def __init__(self, name, status, body):
        self.name, self.status_code, self.body, self.well = name, status, body, 200 <= status < 400

    def json(self):
        return text_of.loads(self.body)

    def success(self):
        self.well = True

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        return False


class Client:
    def __init__(self, host, seen):
        self.host, self.seen, self.headers = host, seen, {}

    def request(self, method, path, name=None, json=None, catch_response=False):
        headers = dict(self.headers)
        if json is not None:
            headers["Content-Type"] = "application/json"
        data = None if json is None else text_of.dumps(json).encode()
        began = time.monotonic()
        try:
            with urllib.request.urlopen(urllib.request.Request(self.host + path, data, headers, method=method)) as said:
                answer = Answer(name or path, said.status, said.read())
        except urllib.error.HTTPError as error:
            answer = Answer(name or path, error.code, error.read())
        answer.milliseconds = (time.monotonic() - began) * 1000
        self.seen.append(answer)
        return answer

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, **more):
        return self.request("POST", path, **more)


class HttpUser:
    abstract = True
    seen = []
    override = None

    def __init__(self):
        self.client = Client(self.override or self.host, self.seen)

    def on_start(self):
        pass


events = SimpleNamespace(quitting=Listeners())
