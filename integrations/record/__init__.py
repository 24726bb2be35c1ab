"""Record services: where residents are looked up and outcomes delivered."""
