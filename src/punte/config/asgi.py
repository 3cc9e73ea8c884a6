"""The live events, as a small ASGI application of the same code. It refuses to start where the wall would not hold."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "punte.config.settings")
application = get_asgi_application()

from punte.apps.access.start_up import refuse_unsafe_start  # noqa: E402  (needs the apps)

refuse_unsafe_start()
