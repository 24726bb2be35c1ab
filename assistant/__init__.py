"""A voice and chat assistant for community health centres and their family doctors."""
