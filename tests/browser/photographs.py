"""Real photographs for the browser tests: those that the scikit-image wheel carries, fetched once and unzipped."""

from __future__ import annotations

import os
import subprocess
import zipfile
from pathlib import Path

import pytest

WHEEL = "scikit-image==0.26.0"
NAMES = (
    "astronaut.png",
    "chelsea.png",
    "coffee.png",
    "rocket.jpg",
    "motorcycle_left.png",
    "hubble_deep_field.jpg",
)
FETCH = (
    *(
        "uv",
        "run",
        "--no-project",
        "--with",
        "pip",
        "python",
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
    ),
    *("--only-binary", ":all:", WHEEL, "--dest"),
)


@pytest.fixture(scope="session")
def photographs() -> list[Path]:
    """Six files, in the order of `NAMES`."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "mete-tests" / "photographs"
    if not all((cache / name).exists() for name in NAMES):
        cache.mkdir(parents=True, exist_ok=True)
        fetched = subprocess.run(
            [*FETCH, str(cache)], capture_output=True, text=True, timeout=300, check=False
        )
        wheel = next(cache.glob("scikit_image-*.whl"), None)
        if wheel is None:
            pytest.skip(f"The photographs could not be fetched: {fetched.stderr.strip()[-300:]}")
        with zipfile.ZipFile(wheel) as archive:
            for name in NAMES:
                written = cache / f"{name}.{os.getpid()}"
                written.write_bytes(archive.read(f"skimage/data/{name}"))
                written.replace(cache / name)
    return [cache / name for name in NAMES]
