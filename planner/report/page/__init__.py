"""The month as one HTML file, with its charts."""
