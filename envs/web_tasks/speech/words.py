"""Every word of the small web, by number: a name in a record is a few of these numbers.

A token is 0 (nothing), the number of a word, or NUMBER + n for a whole number n. The groups are
ranges of word numbers, so that content is drawn by a first word and a count.
"""

LONGEST = 8  # tokens of a text
NUMBER = 8192  # tokens from here on are whole numbers
MOST = 32767 - NUMBER  # the greatest of them

COLOURS = ("red", "blue", "green", "black", "white", "yellow", "grey", "brown")
SIZES = ("small", "medium", "large", "extra-large")
MATERIALS = (
    "ceramic", "wooden", "steel", "cotton", "leather", "glass", "linen", "bamboo", "wool", "copper",
)  # fmt: skip
BRANDS = (
    "Harlow", "Brindle", "Oakmere", "Tarrow", "Velden", "Quillon", "Marsden", "Ostrava",
    "Pellworth", "Sable", "Thornby", "Wexcombe", "Arden", "Calloway", "Dunmore", "Elswick",
)  # fmt: skip
NOUNS = (
    "mug", "bowl", "teapot", "tray",
    "lamp", "clock", "mirror", "vase",
    "scarf", "jacket", "shirt", "apron",
    "backpack", "wallet", "belt", "satchel",
    "notebook", "pen", "folder", "ruler",
    "kettle", "toaster", "blender", "grinder",
)  # fmt: skip
CATEGORIES = ("Kitchen", "Living", "Clothing", "Bags", "Office", "Appliances")
FIRST_NAMES = (
    "Ada", "Bela", "Carmen", "Dario", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jonas", "Kira",
    "Leo", "Mina", "Nils", "Olga", "Pavel", "Rosa", "Sven", "Tara", "Yusuf",
)  # fmt: skip
LAST_NAMES = (
    "Almeida", "Berger", "Castro", "Dahl", "Eriksen", "Fontana", "Gruber", "Haddad", "Ivanov",
    "Jansen", "Kowalski", "Lindqvist", "Moreau", "Novak", "Okafor", "Petrov", "Rossi", "Schmidt",
    "Tanaka", "Vargas",
)  # fmt: skip
JUDGEMENTS = (
    "lovely", "sturdy", "flimsy", "handy", "dull", "bright", "heavy", "tidy", "noisy", "reliable",
    "overpriced", "charming",
)  # fmt: skip
STREETS = ("Mill", "Station", "Harbour", "Church", "Garden", "Market", "Bridge", "Orchard")
LEAST_RATINGS = ("any", "2.0", "2.5", "3.0", "3.5", "4.0", "4.5", "5.0")
CODES = ("SPRING", "WELCOME", "HARVEST", "WINTER", "LOYAL", "FLASH")
BOARD_NAMES = ("Gardening", "Cycling", "Cooking", "Books", "Music", "Travel")
TOPICS = (  # four for each board
    "tomatoes", "compost", "seeds", "onions", "tyres", "brakes", "helmets", "pumps",
    "bread", "soup", "knives", "ovens", "novels", "poems", "sonnets", "atlases",
    "pianos", "drums", "guitars", "cellos", "trains", "hostels", "ferries", "tents",
)  # fmt: skip
VERBS = ("choosing", "buying", "sharing", "finding", "selling", "storing", "cleaning", "lending")
PROJECTS = ("lantern", "quarry", "meadow", "harbour")
LABELS = ("bug", "feature", "question", "documentation")
MILESTONES = ("backlog", "spring", "summer", "autumn")
TEAM = ("nobody", "Ines", "Omar", "Priya", "Theo", "Wanda")
ROLES = ("guest", "reporter", "developer", "maintainer")
WORK = ("fixing", "adding", "renaming", "removing", "testing", "moving")
PARTS = (
    "login", "export", "upload", "menu", "footer", "cache", "backup", "invoice", "chart", "filter",
    "index", "parser", "queue", "avatar", "theme", "cookie", "banner", "cursor", "socket", "token",
)  # fmt: skip
ISSUE_STATES = ("open", "closed", "merged")
SALE_STATES = ("pending", "packed", "sent", "refunded")
RATING_STATES = ("waiting", "published", "rejected")
SHOWN_STATES = ("listed", "hidden")
SUPPLIERS = ("Northgate", "Eastman", "Southwell", "Westbrook")
PLACE_KINDS = ("cafe", "museum", "library", "pharmacy", "park", "station")
PLACE_NAMES = ("Abbey", "Beacon", "Castle", "Linden", "Granary", "Juniper", "Falcon", "Willow")
LISTS = ("none", "favourites", "weekend", "errands")
CAPTIONS = (
    "Home", "Cart", "Orders", "Search", "Sort by", "relevance", "price, low to high",
    "price, high to low", "rating", "Price", "Rating", "In stock", "Colour", "Size", "Quantity",
    "Add to cart", "Review", "Stars", "Your review", "Post review", "Delete review", "Remove",
    "Total", "Checkout", "Ship to", "Shipping", "Coupon", "Place order", "Order", "Cancel order",
    "Return order", "Status", "placed", "shipped", "delivered", "cancelled", "returned", "home",
    "office", "parents", "standard", "express", "pickup", "Results", "Nothing found",
    "The cart is empty", "Shop", "Street", "Welcome", "Page not found", "by",
    "Forum", "New post", "Subscribe", "Unsubscribe", "Points", "Upvote", "Downvote",
    "Take back vote", "Your comment", "Comment", "Board", "Title", "Text", "Post", "Delete post",
    "Delete comment", "Deleted", "you", "Back office", "Tracker", "Map", "Sales", "Reviews",
    "Supplies", "Reports", "Sold", "Visibility", "Supplier", "Amount", "New supply", "New issue",
    "New member", "State", "Label", "Milestone", "Assignee", "Author", "Reviewer", "Role",
    "Commits", "Merge", "Save", "Reset", "Create", "Delete", "Project", "Name", "Opens", "Closes",
    "List", "Directions to", "Distance", "Walking", "Cycling", "Driving", "Open issues",
    "Open requests", "Number", "Product", "Cafes", "Museums", "Libraries", "Pharmacies", "Parks",
    "Stations", "Price in cents", "Sum", "Rating at least", "Highest price in cents",
    "Messages", "To", "From", "Your message", "Send",
    "Withdraw", "More below", "Change text", "Remove text",
)  # fmt: skip

_GROUPS = {
    "COLOURS": COLOURS, "SIZES": SIZES, "MATERIALS": MATERIALS, "BRANDS": BRANDS, "NOUNS": NOUNS,
    "CATEGORIES": CATEGORIES, "FIRST_NAMES": FIRST_NAMES, "LAST_NAMES": LAST_NAMES,
    "JUDGEMENTS": JUDGEMENTS, "STREETS": STREETS, "LEAST_RATINGS": LEAST_RATINGS, "CODES": CODES,
    "BOARD_NAMES": BOARD_NAMES,
    "TOPICS": TOPICS, "VERBS": VERBS, "PROJECTS": PROJECTS, "LABELS": LABELS,
    "MILESTONES": MILESTONES, "TEAM": TEAM, "ROLES": ROLES, "WORK": WORK, "PARTS": PARTS,
    "ISSUE_STATES": ISSUE_STATES, "SALE_STATES": SALE_STATES, "RATING_STATES": RATING_STATES,
    "SHOWN_STATES": SHOWN_STATES, "SUPPLIERS": SUPPLIERS, "PLACE_KINDS": PLACE_KINDS,
    "PLACE_NAMES": PLACE_NAMES, "LISTS": LISTS, "CAPTIONS": CAPTIONS,
}  # fmt: skip

WORDS: tuple[str, ...] = ("", *(word for group in _GROUPS.values() for word in group))
ID = {word: number for number, word in enumerate(WORDS)}  # captions win over words of that spelling


def first(group: tuple[str, ...]) -> int:
    """Number of a group's first word; those of the others follow."""
    before = 1
    for other in _GROUPS.values():
        if other is group:
            return before
        before += len(other)
    raise ValueError("no such group of words")


def spell(tokens) -> str:
    """The words and numbers of a text, as a person reads them."""
    return " ".join([str(t - NUMBER) if t >= NUMBER else WORDS[t] for t in tokens if t])
