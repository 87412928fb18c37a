"""Settings of the test suite: SQLite in a folder of its own, or whatever `DATABASE_URL` names."""

import atexit
import os
import shutil
import tempfile

folder = tempfile.mkdtemp(prefix="mete-test-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
os.environ["METE_ENV"] = "development"
os.environ["METE_DEBUG"] = "false"
os.environ["METE_DATA_DIR"] = folder
os.environ["METE_SECRET_KEY"] = "only for tests: " + "0123456789" * 4
os.environ["METE_QUEUE"] = f"mete-test-{os.getpid()}"
os.environ.setdefault("METE_LOG_LEVEL", "WARNING")

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STORAGES  # noqa: E402

ALLOWED_HOSTS = ["*"]
suffix = os.environ.get("METE_TEST_DB_SUFFIX", "")
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": f"{folder}/test.sqlite3"}
else:
    DATABASES["default"]["TEST"] = {"NAME": "test_mete" + (f"_{suffix}" if suffix else "")}
    DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
AXES_ENABLED = False
WHITENOISE_AUTOREFRESH = True
