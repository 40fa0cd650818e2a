"""The control API under /__sim__/ on the plex.tv port, by which other processes can do what a test does in-process.

All bodies and answers are JSON. GET: state, truth, items, stats, requests, events, faults, users, pins,
continue_watching. POST: link, mutate, faults, clear_faults, reset_stats, config, clock, add_user, revoke,
disconnect, send_event, prerender. ``api`` serves them; the other modules have one class per subject.
"""
