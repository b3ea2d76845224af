"""What the commands leave in files, for each other and for the report."""

import json
import struct

import peers


def keep(name, facts):
    """Writes what was measured."""
    folder = peers.INSTALLED / "results"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(facts, indent=1))


def known(name):
    """What was measured before: of workers that are left out now, it stays in the report."""
    path = peers.INSTALLED / "results" / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def expected(workload):
    """typednet's outputs."""
    content = (peers.INSTALLED / "models" / f"{workload}.output").read_bytes()
    return struct.unpack(f"<{len(content) // 4}f", content)


def error(workload, outputs):
    """How far the outputs of a worker are from typednet's at most."""
    return max(abs(a - b) for a, b in zip(expected(workload), outputs, strict=True))
