"""How much a contact can be known by, so that no event can make a profile grow without end."""

ATTRIBUTES_MAX = 200
TAGS_MAX = 200
PURPOSES_MAX = 50
LISTS_MAX = 200
TOPICS_MAX = 200
DEALS_MAX = 50
QUOTES_MAX = 50
CART_MAX = 100
ITEMS_MAX = 50
"""Of a list that is an attribute."""
NAME_MAX = 200
"""Of an attribute, a tag or a purpose. What is called longer is not a name, and is left out."""
TEXT_MAX = 2_000
ENROLLMENTS_MAX = 100
SCORE_MAX = 1_000_000_000
NUMBER_MAX = 1e15
"""What is beyond it in either direction is no number that anything is made of."""
