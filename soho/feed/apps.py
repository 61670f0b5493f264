from django.apps import AppConfig


class FeedConfig(AppConfig):
    name = "soho.feed"
