"""Pictures of each screen of the add-on, taken in a real Kodi with a simulated Plex: ``python -m tools.tour``.

The add-on is installed from its repository, a user signs in, and each step goes to a screen and takes a picture of it:
to be looked at after a change of a window, a list or a text. A step that fails is told at the end, and the exit code is
1 then; the others go on. ``--keep`` puts the few pictures of ``docs/screenshots`` and of ``addon.xml`` in their place.

- ``steps``: the list of steps; ``first_run``, ``lists``, ``settings``, ``dialogs`` and ``playback`` hold them. To add
  one: a function that takes the ``Guide``, and its line in ``steps.STEPS``.
- ``guide``: what a step needs: opening a list, waiting, choosing an entry, taking the picture.
- ``library``: what the simulated Plex holds, with posters that ``pictures`` draws; ``shrink``: small files.
"""
