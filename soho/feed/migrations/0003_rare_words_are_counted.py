"""PostgreSQL counts more of the words that posts are found by."""

from django.db import migrations

# It remembers how common the most common words are, ten times this number of them, and takes any other to
# stand in about half as many posts as the last of these; by default, then, in one of 200. Among ten million
# posts that made a name or a word that few or none have used look common enough to walk back through time
# for it: for seconds, until the search was given up. With ten thousand words on its list what is rarer than
# one in some thousands is looked up in the words' own index, as it should be.
STATISTICS = """
ALTER TABLE feed_searchentry ALTER COLUMN words SET STATISTICS 1000;
ANALYZE feed_searchentry;
"""


class Migration(migrations.Migration):
    """Locks out neither readers nor writers; reads a sample of 300,000 rows at most."""

    dependencies = [("feed", "0002_follows_comments_tags_and_search")]

    operations = [
        migrations.RunSQL(STATISTICS, "ALTER TABLE feed_searchentry ALTER COLUMN words SET STATISTICS -1")
    ]
