def test_site_answers_a_browser(page):
    response = page.goto("/healthz")

    assert (response.status, response.text()) == (200, "ok")
