"""A page that many tests use, one after the other."""

VIEWPORT = {"width": 1280, "height": 720}
MEDIA = ("media", "color_scheme", "reduced_motion", "forced_colors", "contrast")


def opened(browser, base_url, script=""):
    """Open a page that ends with the browser; `script` runs on everything that it opens."""
    context = browser.new_context(base_url=base_url)
    if script:
        context.add_init_script(script)
    return context.new_page()


def empty(page, origin):
    """Leave the page, and undo what a test can have set or stored."""
    for other in page.context.pages:
        if other is not page:
            other.close()
    page.unroute_all(behavior="ignoreErrors")
    page.goto("about:blank")
    forget(page, origin)
    page.set_extra_http_headers({})
    page.set_viewport_size(VIEWPORT)
    page.emulate_media(**dict.fromkeys(MEDIA, "null"))


def forget(page, origin):
    """Erase what the browser stores of the site."""
    page.context.clear_cookies()
    page.context.clear_permissions()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    devtools.send("Network.clearBrowserCache")
    devtools.detach()
