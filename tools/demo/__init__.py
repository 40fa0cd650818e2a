"""The add-on's main job in under a minute, for people who want to see it before they read it."""
