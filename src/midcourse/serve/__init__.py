"""A web's pages as HTML for real browsers; needs the extra `web`.

`sessions` holds a world for each visitor, `actions` turns forms into actions, `pages` and `style`
write HTML, `app` answers requests, `refusals` those that are refused, `server` listens. No page
needs JavaScript.
"""
