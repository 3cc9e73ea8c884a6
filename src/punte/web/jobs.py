"""Background work of the pages."""

from procrastinate.contrib.django import app

from punte.web.preparing import prepare_pages

PAGES_QUEUE = "pages"


@app.periodic(cron="* * * * *")
@app.task(
    name="web.prepare_pages",
    queue=PAGES_QUEUE,
    lock="web.prepare_pages",
    queueing_lock="web.prepare_pages",
    pass_context=False,
)
def prepare_each_minute(timestamp: int = 0) -> None:
    """Compose what is kept ready and no longer holds; each minute."""
    del timestamp
    prepare_pages()
