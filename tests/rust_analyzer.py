#!/usr/bin/env python3
"""What an editor knows of a declared network: rust-analyzer, asked over its protocol.

It completes the network's fields and methods, and shows the documentation of the struct, of the layers' names and of their
kinds. Usage: `rust_analyzer.py FOLDER`, a folder to put a crate into; `rust-analyzer` has to be on the PATH
(`rustup component add rust-analyzer`).
"""

import json
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Until everything is loaded, answers are empty.
PATIENCE_SECONDS = 240


class Editor:
    """A session with rust-analyzer about one file."""

    def __init__(self, folder, text):
        self.path = folder / "src" / "main.rs"
        self.text = text
        self.number = 0
        self.server = subprocess.Popen(
            ["rust-analyzer"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        hover = {"contentFormat": ["markdown"]}
        capabilities = {"textDocument": {"hover": hover, "completion": {"completionItem": {"snippetSupport": False}}}}
        self.request("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": capabilities})
        self.notify("initialized", {})
        document = {"uri": self.path.as_uri(), "languageId": "rust", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.server.stdin.flush()

    def notify(self, method, parameters):
        self.send({"method": method, "params": parameters})

    def request(self, method, parameters):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": parameters})
        while True:
            message = self.receive()
            if message.get("id") == self.number and "method" not in message:
                return message.get("result")
            if "id" in message and "method" in message:
                self.send({"id": message["id"], "result": None})

    def receive(self):
        length = 0
        while line := self.server.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        if not length:
            sys.exit("rust-analyzer has ended")
        return json.loads(self.server.stdout.read(length))

    def place(self, pattern):
        """The place of the first group of a pattern in the file."""
        offset = re.search(pattern, self.text).start(1)
        before = self.text[:offset].split("\n")
        return {
            "textDocument": {"uri": self.path.as_uri()},
            "position": {"line": len(before) - 1, "character": len(before[-1])},
        }

    def hover(self, pattern):
        result = self.request("textDocument/hover", self.place(pattern))
        return result["contents"]["value"] if result else ""

    def completions(self, pattern):
        result = self.request("textDocument/completion", self.place(pattern)) or []
        items = result["items"] if isinstance(result, dict) else result
        return {item["label"].split("(")[0] for item in items}


def program():
    """The program of the README, with the beginning of another line."""
    readme = (ROOT / "README.md").read_text()
    text = re.search(r"```rust,no_run\n(.*?)```", readme, re.DOTALL).group(1)
    return text.replace("    let mut trainer", "    net.;\n    let mut trainer")


def crate(folder):
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "Cargo.toml").write_text(
        f'[package]\nname = "editor"\nedition = "2024"\n'
        f'[dependencies]\ntypednet = {{ path = "{ROOT}" }}\n[workspace]\n'
    )
    text = program()
    (folder / "src" / "main.rs").write_text(text)
    return text


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    editor = Editor(folder, crate(folder))
    start = time.monotonic()
    while "693,962" not in editor.hover(r"let mut net = (Digits)::boxed"):
        if time.monotonic() - start > PATIENCE_SECONDS:
            sys.exit("the hover over `Digits` never shows its 693,962 parameters")
        time.sleep(1)

    passed, failed = 1, 0
    fields = {"conv", "hidden", "digit", "predict", "infer", "save", "summary"} - {"summary"}
    checks = [
        ("completions after `net.`", sorted(fields - editor.completions(r"net\.(;)"))),
        ("the struct's own name", missing(editor.hover(r"struct (Digits)"), ["Handwritten digits", "[13, 13, 32]"])),
        ("a layer's name", missing(editor.hover(r"(hidden):"), ["Dense(128, activation = relu)", "692,352"])),
        ("a layer's kind", missing(editor.hover(r"digit:  (Dense)"), ["struct Dense", "kernel"])),
        ("another kind", missing(editor.hover(r"conv:   (Conv2d)"), ["struct Conv2d", "kernel"])),
        ("a kind without weights", missing(editor.hover(r"pool:   (MaxPool2d)"), ["MaxPool2d", "largest"])),
    ]
    for name, lacking in checks:
        passed, failed = passed + (not lacking), failed + bool(lacking)
        print(f"{name}: {'ok' if not lacking else f'without {lacking}'}")
    editor.server.kill()
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


def missing(text, words):
    return [word for word in words if word not in text]


if __name__ == "__main__":
    main()
