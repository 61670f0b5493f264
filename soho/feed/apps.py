from django.apps import AppConfig


class FeedConfig(AppConfig):
    name = "soho.feed"

    def ready(self) -> None:
        from soho.creations.signals import moved
        from soho.feed import finding

        moved.connect(finding.follow_the_feed, dispatch_uid="soho.feed.finding")
