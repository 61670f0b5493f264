"""Being found: what other sites, feed readers and search engines are told of what is published here."""
