"""The pages, as a WSGI application. It refuses to start where the wall would not hold."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "punte.config.settings")
pages = get_wsgi_application()

from punte.apps.access.start_up import refuse_unsafe_start  # noqa: E402  (needs the apps)

refuse_unsafe_start()

from django.urls import get_resolver  # noqa: E402  (needs the apps)

from punte.web.ready import ReadyPages, build_mark  # noqa: E402  (needs the apps)

application = ReadyPages(pages)

# Nobody's first page waits until the code of all of them is read; and what was read stays, so that no collection walks it.
assert get_resolver().url_patterns
assert build_mark()
gc.collect()
gc.freeze()
