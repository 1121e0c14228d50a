"""What the evidence supports, with the reasons.

``verdict_panel`` has a card for the video and one for each track.
"""
