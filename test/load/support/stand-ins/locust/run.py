"""Runs a locustfile without Locust: each kind of user starts and does each of its tasks a few times. Prints what happened as JSON."""
import importlib.util
import json
import sys
from types import SimpleNamespace

import locust

TIMES = 4


def main(file, host):
    spec = importlib.util.spec_from_file_location("locustfile", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    locust.HttpUser.override = host
    users = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, locust.HttpUser) and not each.__dict__.get("abstract")]
    done = []
    for kind in users:
        user = kind()
        user.on_start()
        for name in dir(kind):
            if getattr(getattr(kind, name), "is_task", False):
                done.append(f"{kind.__name__}.{name}")
                for _ in range(TIMES):
                    getattr(user, name)()
    seen = locust.HttpUser.seen
    times = sorted(each.milliseconds for each in seen)
    failed = [f"{each.name}: {each.status_code}" for each in seen if not each.well]
    total = SimpleNamespace(fail_ratio=len(failed) / len(seen), get_response_time_percentile=lambda share: times[min(len(times) - 1, int(share * len(times)))])
    environment = SimpleNamespace(stats=SimpleNamespace(total=total), process_exit_code=None)
    out, sys.stdout = sys.stdout, sys.stderr
    for listener in locust.events.quitting:
        listener(environment=environment)
    sys.stdout = out
    print(json.dumps({"tasks": done, "requests": len(seen), "failed": failed, "exit": environment.process_exit_code}))


main(*sys.argv[1:])
