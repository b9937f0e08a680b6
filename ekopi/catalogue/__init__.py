"""The national catalogue: what sources say of innovations, joined, kept alive, found and given on."""

from __future__ import annotations


def init_app(app) -> None:
    from ekopi.catalogue import commands, models, notices, privacy, search, search_news, tasks, trail, waiting  # noqa: F401
    from ekopi.catalogue.operations import dumping, exporting, searching
    from ekopi.catalogue.views import blueprint, caring, curating, giving, reading, sitemaps  # noqa: F401
    from ekopi.core.registry import register

    app.register_blueprint(blueprint)
    app.register_blueprint(giving.blueprint)
    register("search", search.KIND, search)
    register("privacy", "catalogue", privacy)
    register("nightly", "open-data", dumping.write)
    register("nightly", "exports", exporting.clear)
    register("nightly", "overdue-innovations", tasks.mark_overdue)
    register("nightly", "source-files", tasks.forget_files)
    register("nightly", "source-pulls", tasks.pull_due)
    register("nightly", "still-running", tasks.ask_owners)
    for kind, sentence in notices.NOTICES.items():
        register("notices", kind, sentence)
    register("nightly", "saved-searches", tasks.tell_news)
    register("waiting", "catalogue.offers", waiting.offers)
    register("waiting", "catalogue.questions", waiting.questions)
    register("notices", searching.NOTICE, search_news.search_news)
    curating.register_pages()
    caring.register_pages()
    reading.register_pages()
    commands.register(app)
    trail.register_all()
