"""The frame at a time, and moving through time.

``frame_fetcher`` decodes on a thread; ``frame_view`` draws the frame and its faces; ``bar`` has the buttons;
``frame_actions`` copies, saves and enlarges frames.
"""
