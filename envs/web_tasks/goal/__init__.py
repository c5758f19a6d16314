"""What the user wants: attributes and acts, goals made of them, messages that change them."""
