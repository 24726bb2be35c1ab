"""The interview before a visit: pure rules and knowledge. Nothing here touches the outside."""
