"""Background work of editions: other systems are told what happened."""

from django.conf import settings
from procrastinate.contrib.django import app

from punte.apps.forum.webhook_calls import collect, drop_old, send_due

HOOK_QUEUE = "hooks"


@app.periodic(cron="* * * * *")
@app.task(
    name="forum.call_webhooks",
    queue=HOOK_QUEUE,
    lock="forum.call_webhooks",
    pass_context=False,
)
def call_webhooks(timestamp: int = 0) -> None:
    """Collect what happened and tell it; each minute. A copy in the hall tells nobody: the site itself does."""
    del timestamp
    if settings.PUNTE_HALL_COPY:
        return
    collect()
    send_due()


@app.periodic(cron="40 3 * * *")
@app.task(name="forum.drop_old_calls", queue=HOOK_QUEUE, pass_context=False)
def drop_old_calls(timestamp: int = 0) -> None:
    """Drop what was told long ago; each night."""
    del timestamp
    drop_old()
