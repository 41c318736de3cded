"""The supervision of bodies: asked for by HTTP."""
