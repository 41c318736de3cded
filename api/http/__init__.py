"""What all routes share: dependencies, routing, the document, observation, streams, the page."""
