"""How people show themselves: a picture, a few words, and figures of what they have published."""
