"""The preview card of a link: the picture that a shared address unfolds with, 1200 by 630 pixels."""
