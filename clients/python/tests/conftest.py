"""Two servers: the real one on a bundled model, and one that answers as it is told."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of the server that `npm run build` has made, on the joint encoder."""
    if shutil.which("node") is None or not (ROOT / "dist/src/main.js").exists():
        pytest.skip("the server is not built: npm ci && npm run build")
    bundle = next(path for path in sorted((ROOT / "models").iterdir()) if "joint" in path.name)
    env = {name: value for name, value in os.environ.items() if not name.startswith("ONEPASS_")}
    env |= {"ONEPASS_PORT": "0", "ONEPASS_MODELS": json.loads((bundle / "bundle.json").read_text())["name"]}
    process = subprocess.Popen(["node", str(ROOT / "dist/src/main.js")], env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = None
    for line in process.stdout:
        entry = json.loads(line) if line.startswith("{") else {}
        url = entry.get("url", url)
        if entry.get("msg") == "ready":
            break
    else:
        pytest.fail("the server ended before it was ready")
    drain = threading.Thread(target=process.stdout.read, daemon=True)  # a full pipe would stop it
    drain.start()
    assert url is not None
    yield url
    process.terminate()
    process.wait(30)


class Script:
    """What a server answers, one after the other, the last for ever; and what it was sent."""

    def __init__(self) -> None:
        self.statuses: list[int] = [200]
        self.seen: list[dict[str, str]] = []
        self.url = ""


@pytest.fixture
def scripted() -> Iterator[Script]:
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            status = script.statuses[min(len(script.seen), len(script.statuses) - 1)]
            script.seen.append(dict(self.headers))
            if status == 0:  # cut the connection
                self.connection.close()
                return
            ok = b'{"intent": null}'
            body = ok if status == 200 else b'{"error": {"code": "overloaded", "message": "full"}}'
            body = b"<html>" if status == 502 else body
            self.send_response(status)
            self.send_header("retry-after", "0.05")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    script.url = f"http://127.0.0.1:{http.server_address[1]}"
    yield script
    http.shutdown()
    http.server_close()
