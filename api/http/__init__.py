"""What all routes share: problems, dependencies, routing, the document, observation."""
