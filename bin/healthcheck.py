"""Whether the web process beside this one answers; for the image, which has no curl."""

import os
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

# The site refuses hosts it does not know: it is asked as people would ask it.
host = urlsplit(os.environ["SITE_URL"]).hostname or ""
urlopen(Request("http://127.0.0.1:8000/healthz", headers={"Host": host}), timeout=4)
