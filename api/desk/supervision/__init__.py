"""The supervision of bodies: cases, their steps, and the answers of the bodies concerned."""
