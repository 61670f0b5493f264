"""Every page.

A person's name and a fixed word never collide: the fixed words are reserved (soho/accounts/names.py).
"""

from django.urls import path

from soho.web.views import batches, create, drafts, feed, house, opening, syndication, talk, you

urlpatterns = [
    path("", feed.home, name="home"),
    path("create", create.create, name="create"),
    path("soho/explore", feed.explore, name="explore"),
    path("soho/following", feed.following, name="following"),
    path("soho/search", feed.find, name="search"),
    path("soho/tags/<str:tag>", feed.tag, name="tag"),
    path("soho/explore/feed.atom", syndication.explore_feed, {"kind": "atom"}, name="explore_atom"),
    path("soho/explore/feed.json", syndication.explore_feed, {"kind": "json"}, name="explore_json"),
    path("soho/tags/<str:tag>/feed.atom", syndication.tag_feed, {"kind": "atom"}, name="tag_atom"),
    path("soho/tags/<str:tag>/feed.json", syndication.tag_feed, {"kind": "json"}, name="tag_json"),
    path("soho/<str:username>/feed.atom", syndication.person_feed, {"kind": "atom"}, name="person_atom"),
    path("soho/<str:username>/feed.json", syndication.person_feed, {"kind": "json"}, name="person_json"),
    path("embed/<uuid:creation_id>", syndication.embed, name="embed"),
    path("oembed", syndication.oembed_door, name="oembed"),
    path("sitemap.xml", syndication.sitemap_index, name="sitemap"),
    path("sitemap/<str:start>.xml", syndication.sitemap_page, name="sitemap_page"),
    path("soho/<str:username>", feed.profile, name="profile"),
    path("soho/<str:username>/<uuid:creation_id>", talk.post, name="post"),
    path("soho/<str:username>/<uuid:creation_id>/remixes", feed.remixes, name="remixes"),
    path("people/<str:username>/follow", talk.follow, name="follow"),
    path("people/<str:username>/unfollow", talk.unfollow, name="unfollow"),
    path("comments/<uuid:comment_id>/delete", talk.delete_comment, name="delete_comment"),
    path("creations/<uuid:creation_id>/comment", talk.comment, name="comment"),
    path("creations/<uuid:creation_id>/publish", drafts.publish, name="publish"),
    path("creations/batch", batches.batch, name="batch"),
    path("creations/<uuid:creation_id>/schedule", drafts.schedule, name="schedule"),
    path("creations/<uuid:creation_id>/unschedule", drafts.unschedule, name="unschedule"),
    path("creations/<uuid:creation_id>/edit", drafts.edit, name="edit"),
    path("creations/<uuid:creation_id>/unpublish", drafts.unpublish, name="unpublish"),
    path("creations/<uuid:creation_id>/delete", drafts.delete, name="delete"),
    path("creations/<uuid:creation_id>/retry", drafts.retry, name="retry"),
    path("creations/<uuid:creation_id>/cancel", drafts.cancel, name="cancel"),
    path("house", opening.opening, name="opening"),
    path("house/fill", opening.fill, name="house_fill"),
    path("house/clear", opening.clear, name="house_clear"),
    path("settings", you.settings_page, name="settings"),
    path("settings/profile", you.change_profile, name="change_profile"),
    path("settings/keys", you.make_key, name="make_key"),
    path("settings/keys/<uuid:key_id>/revoke", you.revoke_key, name="revoke_key"),
    path("settings/receipts", you.receipts, name="receipts"),
    path("welcome/<str:token>", you.welcome, name="welcome"),
    path("api/docs", house.api_docs, name="api_docs"),
    path("robots.txt", house.robots, name="robots"),
    path("manifest.webmanifest", house.web_manifest, name="web_manifest"),
    path("styleguide", house.styleguide, name="styleguide"),
]
