"""The forum: boards, posts, comments, votes, subscriptions."""
