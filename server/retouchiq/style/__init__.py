"""The user's own style: how they finish pictures in which light, learnt from their edited photos.

::

    fitting    what the user did to one photo, in amounts of controls
    model      amounts from what is seen in a picture: regressions on few samples
    place      where styles are kept
    taste      a learnt style: its samples, what it predicts, its file
    learning   from a folder of photos with sidecars to a style
    wishing    a style's amounts for one picture, as wishes of a request
    telling    a style in words and as a plot
"""
