"""Live events: what changes, told to whoever watches, over server-sent events (WHATWG HTML, section 9.2)."""
