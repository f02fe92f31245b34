"""What Pelican makes of the catalogue: nothing but what our plugin does."""

SITENAME = "Benchmark"
SITEURL = "https://example.org"
TIMEZONE = "UTC"
THEME = "theme"
THEME_STATIC_DIR = ""
PLUGIN_PATHS = ["plugins"]
PLUGINS = ["catalogue"]
DIRECT_TEMPLATES: list[str] = []
ARTICLE_PATHS: list[str] = []
PAGE_PATHS: list[str] = []
STATIC_PATHS: list[str] = []
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
TEMPLATE_PAGES = {"home.html": "index.html"}
